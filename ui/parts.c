#include "parts.h"

#include <stdlib.h>

#include "inputs.h"
#include "limits.h"

enum { MESSAGE_ROOM = 16384, LISTED = 8 };

static void complain(struct run *r, enum exit_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void complain(struct run *r, enum exit_status status, const char *format, ...)
{
	struct text t;
	va_list list;

	if (r->is_second_look)
		return;
	t = text_make(MESSAGE_ROOM);
	va_start(list, format);
	text_vprintf(&t, format, list);
	va_end(list);
	term_complain(text_str(&t));
	run_raise(r, status);
	text_free(&t);
}

/* ---- order ---- */

static int compare_inputs(const struct part_input *a, const struct part_input *b)
{
	int order = str_compare(a->given, b->given);

	if (order == 0)
		order = str_compare(a->path, b->path);
	return order;
}

static int by_rank(const struct part_place *a, const struct part_place *b)
{
	return (a->rank > b->rank) - (a->rank < b->rank);
}

/* What is there twice stands together, and of two that are one the whole one comes first. */
static int by_member(const void *left, const void *right)
{
	const struct part_place *a = left, *b = right;
	const struct part_input *one = part_input_at(a), *other = part_input_at(b);
	int order = compare_inputs(one, other);

	order = order ? order : str_compare(one->member, other->member);
	order = order ? order : (int)other->is_whole - (int)one->is_whole;
	order = order ? order : memcmp(one->identity, other->identity, PART_IDENTITY);
	return order ? order : by_rank(a, b);
}

/* Members of one directory or bundle stay as their shard has them: in order of names. */
static int by_name(const void *left, const void *right)
{
	const struct part_place *a = left, *b = right;
	int order = compare_inputs(part_input_at(a), part_input_at(b));

	return order ? order : by_rank(a, b);
}

static int by_number(const void *left, const void *right)
{
	const struct part_place *a = left, *b = right;
	const struct part_shard *one = part_shard_at(a), *other = part_shard_at(b);
	int order = 0;

	if (one->number != other->number)
		return one->number < other->number ? -1 : 1;
	for (size_t i = 0; order == 0 && i < one->n && i < other->n; i++) {
		const struct part_input *x = &a->file->inputs[one->first + i];
		const struct part_input *y = &b->file->inputs[other->first + i];

		order = compare_inputs(x, y);
		order = order ? order : str_compare(x->member, y->member);
		order = order ? order : memcmp(x->identity, y->identity, PART_IDENTITY);
	}
	return order ? order : (one->n > other->n) - (one->n < other->n);
}

/* ---- what does not belong there ---- */

static bool same_shard(const struct part_place *a, const struct part_place *b)
{
	const struct part_shard *one = part_shard_at(a), *other = part_shard_at(b);

	if (!one->is_whole || !other->is_whole || by_number(a, b) != 0 || one->n != other->n)
		return false;
	for (size_t i = 0; i < one->n; i++)
		if (!a->file->inputs[one->first + i].is_whole)
			return false;
	return true;
}

static void shard_name(struct text *t, const struct part_place *p)
{
	const struct part_shard *s = part_shard_at(p);
	const struct part_input *first = s->n > 0 ? &p->file->inputs[s->first] : NULL;

	if (s->count > 0)
		text_printf(t, "shard %llu of %llu", (unsigned long long)s->number,
			    (unsigned long long)s->count);
	if (s->count > 0 && first)
		text_puts(t, ", ");
	if (first)
		text_printf(t, "%.*s%.*s", STR_ARG(first->path), STR_ARG(first->member));
	if (s->n > 1)
		text_printf(t, " and %zu more", s->n - 1);
}

/* That says how all are to be made: the first one of those that were numbered, as one that was
 * not may have come among them by mistake. */
static struct part_place first_shard(const struct parts *p)
{
	for (size_t i = 0; i < p->n_shards; i++)
		if (part_shard_at(&p->shards[i])->number)
			return p->shards[i];
	return p->shards[0];
}

static bool is_foreign(struct run *r, const struct part_place *first, const struct part_place *p)
{
	const struct part_shard *a = part_shard_at(first), *b = part_shard_at(p);

	if (!str_equal(a->version, b->version))
		complain(r, STATUS_INPUT,
			 "%s: made by version %.*s, and %s by version %.*s: it is left out; make "
			 "them with one version",
			 p->file->path, STR_ARG(b->version), first->file->path,
			 STR_ARG(a->version));
	else if (!part_made_alike(a, b))
		complain(r, STATUS_INPUT,
			 "%s: made with other options (--bpf, --as) than %s: it is left out",
			 p->file->path, first->file->path);
	else if (a->count && b->count && a->count != b->count)
		complain(r, STATUS_INPUT,
			 "%s: is a shard of %llu, and %s one of %llu: it is left out, as it is of "
			 "another set",
			 p->file->path, (unsigned long long)b->count, first->file->path,
			 (unsigned long long)a->count);
	else
		return false;
	return true;
}

static void shards_gather(struct run *r, struct parts *p)
{
	struct part_place first = {0};
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < p->n_files; i++)
		n += p->files[i].n_shards;
	p->shards = must_alloc(n + 1, sizeof(*p->shards));
	for (size_t i = 0; i < p->n_files; i++)
		for (size_t k = 0; k < p->files[i].n_shards; k++)
			p->shards[p->n_shards++] = (struct part_place){&p->files[i], k, 0};
	qsort(p->shards, p->n_shards, sizeof(*p->shards), by_number);
	if (p->n_shards > 0)
		first = first_shard(p);
	for (size_t i = 0; i < p->n_shards; i++) {
		const struct part_place *s = &p->shards[i];
		struct text name;

		if (is_foreign(r, &first, s)) {
			p->is_incomplete = true;
			continue;
		}
		if (kept == 0 || !same_shard(&p->shards[kept - 1], s)) {
			p->shards[kept++] = *s;
			continue;
		}
		name = text_make(MESSAGE_ROOM);
		shard_name(&name, s);
		complain(r, STATUS_INPUT, "%s: holds again what %s holds (%s): it counts once",
			 s->file->path, p->shards[kept - 1].file->path, name.at);
		text_free(&name);
	}
	p->n_shards = kept;
}

/* The same file in two shards. */
static bool same_input(const struct part_place *a, const struct part_place *b)
{
	const struct part_input *one = part_input_at(a), *other = part_input_at(b);

	return compare_inputs(one, other) == 0 && str_equal(one->member, other->member) &&
	       (!one->is_whole || !other->is_whole ||
		memcmp(one->identity, other->identity, PART_IDENTITY) == 0);
}

static void inputs_gather(struct run *r, struct parts *p)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < p->n_shards; i++)
		n += part_shard_at(&p->shards[i])->n;
	p->inputs = must_alloc(n + 1, sizeof(*p->inputs));
	for (size_t i = 0; i < p->n_shards; i++) {
		const struct part_shard *s = part_shard_at(&p->shards[i]);

		for (size_t k = 0; k < s->n; k++, p->n_inputs++)
			p->inputs[p->n_inputs] =
				(struct part_place){p->shards[i].file, s->first + k, p->n_inputs};
	}
	qsort(p->inputs, p->n_inputs, sizeof(*p->inputs), by_member);
	for (size_t i = 0; i < p->n_inputs; i++) {
		const struct part_place *in = &p->inputs[i];

		if (kept == 0 || !same_input(&p->inputs[kept - 1], in)) {
			p->inputs[kept++] = *in;
			continue;
		}
		complain(r, STATUS_INPUT,
			 "%s: holds again %.*s%.*s, which %s holds: it counts once", in->file->path,
			 STR_ARG(part_input_at(in)->path), STR_ARG(part_input_at(in)->member),
			 p->inputs[kept - 1].file->path);
	}
	p->n_inputs = kept;
	qsort(p->inputs, p->n_inputs, sizeof(*p->inputs), by_name);
	if (kept > LIMIT_PART_INPUTS) {
		complain(r, STATUS_LIMIT, "limit-part-inputs: more than %d inputs in all parts",
			 LIMIT_PART_INPUTS);
		p->n_inputs = LIMIT_PART_INPUTS;
		p->is_incomplete = true;
	}
}

/* ---- what is missing ---- */

static void missing_tell(struct run *r, struct parts *p, const bool *is_there, uint64_t count)
{
	struct text t = text_make(MESSAGE_ROOM);
	uint64_t n = 0;

	for (uint64_t i = 1; i <= count; i++) {
		if (is_there[i])
			continue;
		if (n++ < LISTED)
			text_printf(&t, "%s%llu", n > 1 ? ", " : "", (unsigned long long)i);
	}
	if (n > LISTED)
		text_printf(&t, " and %llu more", (unsigned long long)(n - LISTED));
	if (n > 0)
		complain(r, STATUS_INPUT, "of %llu shards %s missing: %s",
			 (unsigned long long)count, n == 1 ? "one is" : "some are", t.at);
	p->is_incomplete = p->is_incomplete || n > 0;
	text_free(&t);
}

static void numbers_check(struct run *r, struct parts *p, bool wants_all)
{
	uint64_t count = 0;
	bool *is_there;

	for (size_t i = 0; i < p->n_shards; i++)
		count = part_shard_at(&p->shards[i])->count ? part_shard_at(&p->shards[i])->count
							    : count;
	is_there = must_alloc((size_t)count + 1, sizeof(*is_there));
	for (size_t i = 0; i < p->n_shards; i++) {
		const struct part_shard *s = part_shard_at(&p->shards[i]);

		if (s->number && is_there[s->number])
			complain(r, STATUS_INPUT,
				 "%s: shard %llu of %llu is in another part, too, and not the same",
				 p->shards[i].file->path, (unsigned long long)s->number,
				 (unsigned long long)s->count);
		is_there[s->number] = true;
	}
	if (wants_all)
		missing_tell(r, p, is_there, count);
	free(is_there);
}

/* ---- opening ---- */

static void file_open(struct run *r, struct parts *p, const char *path)
{
	struct text why_not = text_make(4096);
	struct part_file *f = &p->files[p->n_files];

	if (!part_open(f, path, &why_not)) {
		complain(r, STATUS_INPUT, "%s: %s", path, why_not.at);
		p->is_incomplete = true;
	} else {
		p->n_files++;
		if (f->damage.len > 0) {
			complain(r, STATUS_CUT, "%s: %s", path, f->damage.at);
			p->is_incomplete = true;
		}
	}
	text_free(&why_not);
}

struct parts *parts_open(struct run *r, bool wants_all)
{
	const struct options *o = r->options;
	struct parts *p = must_alloc(1, sizeof(*p));

	*p = (struct parts){.files = must_alloc(o->n_inputs + 1, sizeof(*p->files))};
	for (size_t i = 0; i < o->n_inputs; i++)
		file_open(r, p, o->inputs[i].path);
	shards_gather(r, p);
	inputs_gather(r, p);
	numbers_check(r, p, wants_all);
	return p;
}

void parts_free(struct parts *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_files; i++)
		part_close(&p->files[i]);
	free(p->files);
	free(p->shards);
	free(p->inputs);
	free(p);
}

bool parts_are_whole(const struct parts *p)
{
	return !p || !p->is_incomplete;
}

/* ---- inputs ---- */

/* A text comes out of the part as it was. */
static bool text_spool(struct stream *s, const struct digest_blocks *blocks,
		       const struct part_input *in, struct text *why_not)
{
	const char *why = "";
	struct span octets;

	if (!stream_temporary(s, why_not))
		return false;
	while (blocks->next(blocks->self, &octets, &why))
		if (fwrite(octets.at, 1, octets.len, s->file) != octets.len)
			break;
	if (in->about.is_cut && !*why) {
		stream_cut(s, "%.*s", STR_ARG(in->about.cut_text));
		s->is_limited = in->about.is_limited;
	}
	if (*why)
		stream_cut(s, "%s", why);
	if (!ferror(s->file) && stream_rewind(s))
		return true;
	text_puts(why_not, "cannot be written to a temporary file");
	stream_close(s);
	return false;
}

static void source_start(struct run *r, struct input *in, const struct part_place *p)
{
	const struct part_input *from = part_input_at(p);
	const struct part_shard *shard = &p->file->shards[from->shard];
	struct source_options so = inputs_source_options(r, in);
	struct digest_blocks blocks = part_blocks(p->file, from);
	struct text why_not = text_make(MESSAGE_ROOM);
	struct stream s;

	so.as = from->about.kind_name;
	so.bpf = shard->has_bpf ? shard->bpf.at : NULL;
	so.year = so.year ? so.year : from->year;
	if (!from->is_text) {
		in->source = digest_open(&blocks, &from->about, in->path, &so);
		text_free(&why_not);
		return;
	}
	if (text_spool(&s, &blocks, from, &why_not))
		in->source = source_open_stream(&s, in->path, &so, &why_not);
	blocks.free(blocks.self);
	if (!in->source)
		complain(r, STATUS_INPUT, "%s", why_not.at);
	text_free(&why_not);
}

/* What one run would have been asked: a word for all members of a directory. */
static struct input_name *words_of(struct run *r, const struct parts *p, size_t *ret_n,
				   size_t *word_of)
{
	struct input_name *words = must_alloc(p->n_inputs + 1, sizeof(*words));
	size_t n = 0;

	for (size_t i = 0; i < p->n_inputs; i++) {
		const struct part_input *in = part_input_at(&p->inputs[i]);

		if (i == 0 || in->member.len == 0 ||
		    compare_inputs(part_input_at(&p->inputs[i - 1]), in) != 0)
			words[n++] = (struct input_name){.name = arena_str(r->kept, in->given),
							 .path = arena_str(r->kept, in->path).at};
		word_of[i] = n - 1;
	}
	*ret_n = n;
	return words;
}

void parts_inputs(struct run *r)
{
	struct parts *p = r->parts = parts_open(r, true);
	size_t *word_of = must_alloc(p->n_inputs + 1, sizeof(*word_of));
	struct input_words words;
	struct input_name *all;

	all = words_of(r, p, &words.n, word_of);
	words.at = all;
	for (size_t i = 0; i < p->n_inputs; i++) {
		const struct part_input *from = part_input_at(&p->inputs[i]);
		struct input *in =
			inputs_add(r, &words, word_of[i], from->member.len ? from->member.at : "");

		in->word = (struct str){0};
		source_start(r, in, &p->inputs[i]);
	}
	free(word_of);
	free(all);
}

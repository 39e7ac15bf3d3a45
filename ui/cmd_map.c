#include <sys/stat.h>

#include "cmd_common.h"
#include "command.h"
#include "inputs.h"
#include "limits.h"
#include "map.h"
#include "part_file.h"

static enum exit_status run_map(struct run *r);
static bool is_done(struct run *r);

const struct command command_map = {
	.bit = COMMAND_MAP,
	.name = "map",
	.arguments = "[OPTIONS] -o PART INPUT...",
	.about = "boils a shard of many inputs down to a part, for `reduce`",
	.details =
		"For more than one machine can read alone: a shard is any set of inputs, "
		"on any machine. PART is small:\npayload is counted, packets that say nothing are "
		"left out; secrets in the inputs are in it. Each input\nis to be in one shard, as "
		"a whole, and under the path that it is to have in the output. What is given\nto "
		"`reduce`, not here: --secrets, --tz, --offset, --set. There is no PART when an "
		"input cannot be opened.",
	.needs = WRITES_FILE,
	.run = run_map,
	.run_stream = is_done,
};

static bool shard_parse(const char *text, struct part_shard *ret)
{
	const char *slash = text ? strchr(text, '/') : NULL;

	if (!text)
		return true;
	return slash && str_u64(str_range(text, slash), &ret->number) &&
	       str_u64(str_of(slash + 1), &ret->count) && ret->number >= 1 &&
	       ret->number <= ret->count && ret->count <= LIMIT_SHARDS;
}

/* What is wrong with the options; empty: nothing. */
static void look_at(const struct run *r, struct text *why_not)
{
	const struct options *o = r->options;
	struct part_shard shard = {0};

	if (!o->output)
		text_puts(why_not, "`map` writes a part: -o PART, or -o - for standard output");
	else if (!shard_parse(o->shard, &shard))
		text_puts(why_not, "--shard takes I/N, as 3/16: the third of sixteen");
	else
		(void)common_is_terminal(r, why_not);
}

/* --year as a part has it; −1: not one for all. */
static int year_wanted(const struct options *o)
{
	uint64_t year = 0;

	if (o->years.n > 1 || (o->years.n == 1 && o->years.at[0].name.len > 0))
		return -1;
	if (o->years.n == 1 && !str_u64(str_of(o->years.at[0].value), &year))
		return -1;
	return (int)year;
}

static bool is_older(const char *path, const struct part_file *than)
{
	struct stat is, was;

	if (stat(path, &is) != 0 || stat(than->path, &was) != 0)
		return false;
	return is.st_mtim.tv_sec < was.st_mtim.tv_sec ||
	       (is.st_mtim.tv_sec == was.st_mtim.tv_sec &&
		is.st_mtim.tv_nsec <= was.st_mtim.tv_nsec);
}

/* The input, and with a directory the file in it. */
static bool has_not_changed(const struct part_file *p, const struct part_input *in)
{
	struct text path;
	bool is_so;

	if (!is_older(in->path.at, p))
		return false;
	if (!str_starts(in->member, "/"))
		return true;
	path = text_make(LIMIT_OUTPUT_LINE);
	text_printf(&path, "%.*s%.*s", STR_ARG(in->path), STR_ARG(in->member));
	is_so = is_older(path.at, p);
	text_free(&path);
	return is_so;
}

/* It is in the part, and has not changed since. */
static bool has_input(const struct part_file *p, size_t *at, const struct input_name *wanted,
		      int year)
{
	size_t begin = *at;

	for (; *at < p->n_inputs; ++*at) {
		const struct part_input *in = &p->inputs[*at];

		if (!str_is(in->path, wanted->path) || !str_equal(in->given, wanted->name) ||
		    in->year != year)
			break;
		if (!has_not_changed(p, in))
			return false;
	}
	return *at > begin;
}

static bool is_of(const struct part_file *p, const struct options *o)
{
	int year = year_wanted(o);
	size_t at = 0;

	for (size_t i = 0; i < o->n_inputs; i++)
		if (!has_input(p, &at, &o->inputs[i], year))
			return false;
	return at == p->n_inputs;
}

static struct part_shard shard_wanted(const struct options *o)
{
	struct part_shard shard = {.version = STR(L2TPSCOPE_VERSION),
				   .has_bpf = o->bpf != NULL,
				   .bpf = str_of(o->bpf),
				   .as = str_of(o->as)};

	shard_parse(o->shard, &shard);
	return shard;
}

/* A part of the same shard that is whole (last, for all of it is read to see that). */
static bool is_there(const struct options *o)
{
	struct part_shard wanted = shard_wanted(o);
	struct text why_not = text_make(4096);
	struct part_file p;
	bool fits = part_open(&p, o->output, &why_not);

	fits = fits && p.n_shards == 1 && part_made_alike(&p.shards[0], &wanted) &&
	       p.shards[0].number == wanted.number && p.shards[0].count == wanted.count &&
	       is_of(&p, o) && part_verify(&p);
	if (p.file >= 0)
		part_close(&p);
	text_free(&why_not);
	return fits;
}

/* command.run_stream: what is wrong is said, and what is there is left, before any input is read.
 */
static bool is_done(struct run *r)
{
	const struct options *o = r->options;
	struct text why_not = text_make(4096);

	look_at(r, &why_not);
	if (why_not.len == 0)
		(void)block_load(&why_not);
	if (why_not.len > 0) {
		run_raise(r, common_refuse(&why_not, STATUS_USAGE));
		return true;
	}
	text_free(&why_not);
	return o->if_missing && is_there(o);
}

static void take_records(void *run, struct span records)
{
	const struct run *r = run;

	part_data(r->part, records);
}

struct digest_writer *map_digest(struct run *r, struct source_options *so)
{
	struct digest_writer *w = digest_writer_new(take_records, r);

	so->digest = w;
	so->glance = (struct glance_taker){.wants = digest_wants, .take = digest_glance, .self = w};
	return w;
}

static void take_text(struct run *r, const struct input *in)
{
	struct str text = source_text_content(in->source);

	part_data(r->part, span_of(text.at, text.len));
}

static void take_capture(struct run *r, const struct input *in)
{
	enum { UNLOOKED = 4096 };
	struct event e;

	for (uint64_t n = 1; source_next(in->source, &e) == PULLED; n++)
		if (n % UNLOOKED == 0 && run_is_interrupted(r))
			return;
	digest_end(in->digest);
}

static void take_input(struct run *r, const struct input *in)
{
	const struct input_stats *about = source_stats(in->source);
	struct part_input p = {.given = in->given,
			       .path = in->word,
			       .member = in->member,
			       .is_text = about->kind == SOURCE_TEXT,
			       .year = inputs_source_options(r, in).year,
			       .about = *about};

	part_input_begin(r->part, &p);
	if (p.is_text)
		take_text(r, in);
	else
		take_capture(r, in);
	part_input_end(r->part, source_stats(in->source));
}

static void write_part(struct run *r, FILE *out)
{
	const struct options *o = r->options;
	struct part_shard shard = shard_wanted(o);

	r->part = part_writer_new(out);
	part_shard_begin(r->part, &shard);
	for (size_t i = 0; i < r->n_inputs && !run_is_interrupted(r); i++)
		take_input(r, &r->inputs[i]);
	part_shard_end(r->part);
	part_end(r->part);
	part_writer_free(r->part);
	r->part = NULL;
}

static enum exit_status run_map(struct run *r)
{
	const struct options *o = r->options;
	struct text why_not = text_make(4096);
	enum exit_status status = STATUS_DONE;
	struct whole_file file;

	if (r->status == STATUS_INPUT || r->status == STATUS_LIMIT) {
		run_refuse("%s is not written", o->output);
	} else if (!whole_open(&file, o->output, o->force || o->if_missing, &why_not)) {
		status = STATUS_USAGE;
	} else {
		write_part(r, file.out);
		if (run_is_interrupted(r))
			whole_drop(&file);
		else if (!whole_close(&file, &why_not))
			status = STATUS_LIMIT;
	}
	if (why_not.len > 0)
		term_complain(text_str(&why_not));
	text_free(&why_not);
	return status;
}

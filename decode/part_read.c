#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "limits.h"
#include "part_file.h"

enum { FIRST_ROOM = 16 };

/* ---- what is in the blocks ---- */

static struct str take_str(struct part_file *p, struct bytes *b)
{
	return arena_str(p->arena, packed_take_str(b));
}

static const char *take_words(struct arena *kept, struct bytes *b)
{
	struct str s = arena_str(kept, packed_take_str(b));

	return s.len > 0 ? s.at : "";
}

static bool shard_take(struct part_file *p, struct bytes *b, uint64_t begin)
{
	struct part_shard *s;

	if (p->n_shards == p->shards_room) {
		p->shards_room = p->shards_room ? 2 * p->shards_room : FIRST_ROOM;
		p->shards = must_grow(p->shards, p->shards_room, sizeof(*p->shards));
	}
	s = &p->shards[p->n_shards];
	*s = (struct part_shard){.first = p->n_inputs, .begin = begin};
	s->version = take_str(p, b);
	s->number = varint_take(b);
	s->count = varint_take(b);
	s->has_bpf = varint_take(b) != 0;
	s->bpf = take_str(p, b);
	s->as = take_str(p, b);
	if (!bytes_ok(b) || s->number > s->count || s->count > LIMIT_SHARDS)
		return false;
	p->n_shards++;
	return true;
}

static bool input_take(struct part_file *p, struct bytes *b)
{
	struct part_input *in;
	uint64_t year;

	if (p->n_inputs == LIMIT_PART_INPUTS)
		return false;
	if (p->n_inputs == p->inputs_room) {
		p->inputs_room = p->inputs_room ? 2 * p->inputs_room : FIRST_ROOM;
		p->inputs = must_grow(p->inputs, p->inputs_room, sizeof(*p->inputs));
	}
	in = &p->inputs[p->n_inputs];
	*in = (struct part_input){.shard = p->n_shards - 1};
	in->given = take_str(p, b);
	in->path = take_str(p, b);
	in->member = take_str(p, b);
	in->is_text = varint_take(b) != 0;
	in->about.kind = in->is_text ? SOURCE_TEXT : SOURCE_CAPTURE;
	in->about.kind_name = take_words(p->arena, b);
	year = varint_take(b);
	in->year = year < 10000 ? (int)year : 0;
	if (!bytes_ok(b) || in->path.len == 0)
		return false;
	p->n_inputs++;
	p->shards[p->n_shards - 1].n++;
	return true;
}

static bool others_take(struct bytes *b, struct arena *kept, struct input_stats *s)
{
	uint64_t n = varint_take(b);

	if (n > sizeof(s->other) / sizeof(s->other[0]))
		return false;
	s->n_other = (size_t)n;
	for (size_t i = 0; i < s->n_other; i++) {
		s->other[i].what = take_words(kept, b);
		s->other[i].n = varint_take(b);
	}
	return true;
}

bool part_about_take(struct bytes *b, struct arena *kept, struct input_stats *s)
{
	bool has_others;

	s->dialect = take_words(kept, b);
	s->packets = varint_take(b);
	s->bytes = varint_take(b);
	s->lines = varint_take(b);
	s->damaged = varint_take(b);
	s->first = packed_take_moment(b);
	s->last = packed_take_moment(b);
	s->is_cut = varint_take(b) != 0;
	s->is_limited = varint_take(b) != 0;
	s->cut_text = arena_str(kept, packed_take_str(b));
	s->l2tp = varint_take(b);
	s->filter_cut = varint_take(b);
	has_others = others_take(b, kept, s);
	return has_others && bytes_ok(b);
}

static void data_note(struct part_input *in, const struct block *b)
{
	if (in->n_data == in->data_room) {
		in->data_room = in->data_room ? 2 * in->data_room : FIRST_ROOM;
		in->data = must_grow(in->data, in->data_room, sizeof(*in->data));
	}
	in->data[in->n_data++] = *b;
}

/* ---- the order of the blocks ---- */

struct scan {
	struct part_file *part;
	struct sha256_ctx heads, input;
	bool in_shard, in_input, is_ended;
};

static void heads_note(struct scan *s, const struct block *b)
{
	uint8_t head[BLOCK_HEAD];

	block_head_put(b, head);
	sha256_update(&s->heads, sizeof(head), head);
	/* how well it was packed makes no difference */
	if (s->in_input)
		sha256_update(&s->input, BLOCK_RAW_SIZE, head + BLOCK_RAW);
}

static bool end_fits(struct scan *s, struct bytes *b)
{
	uint8_t digest[PART_IDENTITY];
	uint64_t shards = varint_take(b);
	struct span stated = bytes_take(b, sizeof(digest));

	sha256_digest(&s->heads, sizeof(digest), digest);
	s->is_ended = true;
	return shards == s->part->n_shards && span_equal(stated, span_of(digest, sizeof(digest)));
}

static bool input_ends(struct scan *s, struct bytes *b)
{
	struct part_input *in = &s->part->inputs[s->part->n_inputs - 1];

	s->in_input = false;
	if (!part_about_take(b, s->part->arena, &in->about))
		return false;
	sha256_digest(&s->input, sizeof(in->identity), in->identity);
	in->is_whole = true;
	return true;
}

static bool shard_ends(struct scan *s, struct bytes *b, uint64_t end)
{
	struct part_shard *shard = &s->part->shards[s->part->n_shards - 1];

	s->in_shard = false;
	shard->end = end;
	shard->is_whole = varint_take(b) == shard->n && bytes_ok(b);
	return shard->is_whole;
}

/* One block in its place. */
static bool block_fits(struct scan *s, const struct block *b)
{
	struct part_file *p = s->part;
	struct bytes inside = {0};
	struct span octets;

	if (b->kind == BLOCK_DATA) {
		if (s->in_input)
			data_note(&p->inputs[p->n_inputs - 1], b);
		return s->in_input;
	}
	if (!block_read(p->reader, b, &octets))
		return false;
	inside = bytes_of(octets);
	switch (b->kind) {
	case BLOCK_SHARD:
		s->in_shard = !s->in_shard && shard_take(p, &inside, b->offset);
		return s->in_shard;
	case BLOCK_INPUT:
		s->in_input = s->in_shard && !s->in_input && input_take(p, &inside);
		sha256_init(&s->input);
		return s->in_input;
	case BLOCK_INPUT_END:
		return s->in_input && input_ends(s, &inside);
	case BLOCK_SHARD_END:
		return s->in_shard && !s->in_input && shard_ends(s, &inside, block_end(b));
	case BLOCK_END:
		return !s->in_shard && end_fits(s, &inside);
	case BLOCK_DATA:
		break;
	}
	return false;
}

static void damage(struct part_file *p, uint64_t offset, const char *why)
{
	text_printf(&p->damage, "octet %llu: %s", (unsigned long long)offset, why);
}

static void scan(struct part_file *p, uint64_t size)
{
	struct scan s = {.part = p};
	struct block b;

	sha256_init(&s.heads);
	for (uint64_t at = PART_HEAD; !s.is_ended; at = block_end(&b)) {
		bool has_room = size - at >= BLOCK_HEAD;
		bool is_head = has_room && block_head(p->reader, at, &b);

		if (!has_room || (is_head && block_end(&b) > size)) {
			damage(p, at, "the part ends too soon");
			return;
		}
		if (!is_head || !block_fits(&s, &b)) {
			damage(p, at, "the part is damaged");
			return;
		}
		/* the first block of an input is of it, the last one of the file of nothing */
		heads_note(&s, &b);
		if (s.is_ended && block_end(&b) != size)
			damage(p, block_end(&b), "something stands behind the part");
	}
}

/* ---- opening ---- */

bool part_is(struct span head)
{
	static const uint8_t magic[] = {0x89, 'L', '2', 'P', 'A', 'R', 'T', '\n'};

	return head.len >= sizeof(magic) && memcmp(head.at, magic, sizeof(magic)) == 0;
}

static bool head_fits(int file, struct text *why_not)
{
	uint8_t head[PART_HEAD] = {0};
	ssize_t got = pread(file, head, sizeof(head), 0);
	unsigned version = (unsigned)head[8] << 8 | head[9];

	if (got != sizeof(head) || !part_is(span_of(head, sizeof(head)))) {
		text_puts(why_not, "is no part: `l2tpscope map` makes them");
		return false;
	}
	if (version == PART_VERSION)
		return true;
	text_printf(why_not, "is a part of format %u; this program reads format %d", version,
		    PART_VERSION);
	return false;
}

bool part_open(struct part_file *ret, const char *path, struct text *why_not)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	*ret = (struct part_file){.path = path, .file = -1};
	if (file < 0 || fstat(file, &st) != 0 || !S_ISREG(st.st_mode)) {
		text_puts(why_not, file < 0 ? strerror(errno) : "is no file");
		if (file >= 0)
			close(file);
		return false;
	}
	if (!head_fits(file, why_not) || !block_load(why_not)) {
		close(file);
		return false;
	}
	ret->file = file;
	ret->arena = arena_new(LIMIT_REPORT_ARENA);
	ret->reader = block_reader_new(file);
	ret->damage = text_make(256);
	scan(ret, (uint64_t)st.st_size);
	return true;
}

void part_close(struct part_file *p)
{
	if (p->file < 0)
		return;
	for (size_t i = 0; i < p->n_inputs; i++)
		free(p->inputs[i].data);
	free(p->inputs);
	free(p->shards);
	block_reader_free(p->reader);
	arena_free(p->arena);
	text_free(&p->damage);
	close(p->file);
	p->file = -1;
}

bool part_made_alike(const struct part_shard *a, const struct part_shard *b)
{
	return str_equal(a->version, b->version) && a->has_bpf == b->has_bpf &&
	       str_equal(a->bpf, b->bpf) && str_equal(a->as, b->as);
}

bool part_verify(struct part_file *p)
{
	for (size_t i = 0; p->damage.len == 0 && i < p->n_inputs; i++) {
		const struct part_input *in = &p->inputs[i];
		struct span octets;

		for (size_t k = 0; p->damage.len == 0 && k < in->n_data; k++)
			if (!block_read(p->reader, &in->data[k], &octets))
				damage(p, in->data[k].offset, "the part is damaged");
	}
	return p->damage.len == 0;
}

/* ---- the blocks of an input ---- */

struct turn {
	struct block_reader *reader;
	const struct part_file *part;
	const struct part_input *input;
	size_t at;
	struct text why;
};

static bool turn_next(void *self, struct span *ret, const char **ret_why)
{
	struct turn *t = self;
	const struct part_input *in = t->input;

	if (t->at < in->n_data && block_read(t->reader, &in->data[t->at], ret)) {
		t->at++;
		return true;
	}
	if (t->at < in->n_data)
		text_printf(&t->why, "%s: octet %llu: the part is damaged", t->part->path,
			    (unsigned long long)in->data[t->at].offset);
	else if (!in->is_whole)
		text_printf(&t->why, "%s: %s", t->part->path, t->part->damage.at);
	*ret_why = t->why.len > 0 ? t->why.at : "";
	return false;
}

static void turn_free(void *self)
{
	struct turn *t = self;

	block_reader_free(t->reader);
	text_free(&t->why);
	free(t);
}

struct digest_blocks part_blocks(const struct part_file *p, const struct part_input *in)
{
	struct turn *t = must_alloc(1, sizeof(*t));

	*t = (struct turn){.reader = block_reader_new(p->file),
			   .part = p,
			   .input = in,
			   .why = text_make(8192)};
	return (struct digest_blocks){t, turn_next, turn_free};
}

#include <nettle/sha2.h>
#include <stdlib.h>

#include "must.h"
#include "part_file.h"

struct part_writer {
	FILE *out;
	struct block_writer *blocks;
	struct packed room;
	struct sha256_ctx heads; /* of all blocks so far */
	uint64_t inputs, shards;
};

static void put_heads(struct part_writer *w, const struct block *b)
{
	uint8_t head[BLOCK_HEAD];

	block_head_put(b, head);
	sha256_update(&w->heads, sizeof(head), head);
}

struct part_writer *part_writer_new(FILE *out)
{
	static const uint8_t magic[] = {0x89, 'L', '2', 'P', 'A', 'R', 'T', '\n', 0, PART_VERSION};
	struct part_writer *w = must_alloc(1, sizeof(*w));

	*w = (struct part_writer){.out = out, .blocks = block_writer_new(out)};
	sha256_init(&w->heads);
	fwrite(magic, 1, sizeof(magic), out);
	return w;
}

void part_writer_free(struct part_writer *w)
{
	if (!w)
		return;
	block_writer_free(w->blocks);
	packed_free(&w->room);
	free(w);
}

static void put(struct part_writer *w, enum block_kind kind, struct span octets)
{
	struct block b;

	block_write(w->blocks, kind, octets, &b);
	put_heads(w, &b);
}

/* What is in the room. */
static void put_room(struct part_writer *w, enum block_kind kind)
{
	put(w, kind, packed_span(&w->room));
	w->room.n = 0;
}

void part_shard_begin(struct part_writer *w, const struct part_shard *s)
{
	w->inputs = 0;
	packed_str(&w->room, s->version);
	packed_number(&w->room, s->number);
	packed_number(&w->room, s->count);
	packed_number(&w->room, s->has_bpf);
	packed_str(&w->room, s->bpf);
	packed_str(&w->room, s->as);
	put_room(w, BLOCK_SHARD);
}

void part_input_begin(struct part_writer *w, const struct part_input *in)
{
	packed_str(&w->room, in->given);
	packed_str(&w->room, in->path);
	packed_str(&w->room, in->member);
	packed_number(&w->room, in->is_text);
	packed_str(&w->room, str_of(in->about.kind_name));
	packed_number(&w->room, (uint64_t)in->year);
	put_room(w, BLOCK_INPUT);
	w->inputs++;
}

void part_data(struct part_writer *w, struct span octets)
{
	enum { CHUNK = BLOCK_MOST / 4 };

	while (octets.len > BLOCK_MOST) {
		put(w, BLOCK_DATA, span_of(octets.at, CHUNK));
		octets = span_of(octets.at + CHUNK, octets.len - CHUNK);
	}
	if (octets.len > 0)
		put(w, BLOCK_DATA, octets);
}

void part_about_put(struct packed *p, const struct input_stats *s)
{
	packed_str(p, str_of(s->dialect));
	packed_number(p, s->packets);
	packed_number(p, s->bytes);
	packed_number(p, s->lines);
	packed_number(p, s->damaged);
	packed_moment(p, s->first);
	packed_moment(p, s->last);
	packed_number(p, s->is_cut);
	packed_number(p, s->is_limited);
	packed_str(p, s->cut_text);
	packed_number(p, s->l2tp);
	packed_number(p, s->filter_cut);
	packed_number(p, s->n_other);
	for (size_t i = 0; i < s->n_other; i++) {
		packed_str(p, str_of(s->other[i].what));
		packed_number(p, s->other[i].n);
	}
}

void part_input_end(struct part_writer *w, const struct input_stats *s)
{
	part_about_put(&w->room, s);
	put_room(w, BLOCK_INPUT_END);
}

void part_shard_end(struct part_writer *w)
{
	packed_number(&w->room, w->inputs);
	put_room(w, BLOCK_SHARD_END);
	w->shards++;
}

bool part_shard_copy(struct part_writer *w, const struct part_file *from,
		     const struct part_shard *s)
{
	struct block b;

	for (uint64_t at = s->begin; at < s->end; at = block_end(&b)) {
		if (!block_head(from->reader, at, &b) || !block_copy(from->reader, &b, w->out))
			return false;
		put_heads(w, &b);
	}
	w->shards++;
	return true;
}

void part_end(struct part_writer *w)
{
	uint8_t digest[PART_IDENTITY];

	sha256_digest(&w->heads, sizeof(digest), digest);
	packed_number(&w->room, w->shards);
	packed_add(&w->room, span_of(digest, sizeof(digest)));
	put_room(w, BLOCK_END);
}

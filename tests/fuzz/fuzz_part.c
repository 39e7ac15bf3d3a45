/* A part, which came from who knows where: 0 and a file, or 1 and the records of a digest, as a
 * block that fits its checksum holds them. */
#include "fuzz.h"
#include "part_file.h"

struct one_block {
	struct span records;
	bool is_taken;
};

static bool next(void *self, struct span *ret, const char **ret_why)
{
	struct one_block *b = self;

	(void)ret_why;
	if (b->is_taken)
		return false;
	b->is_taken = true;
	*ret = b->records;
	return true;
}

static void leave(void *self)
{
	(void)self;
}

/* Every event comes out of the records, and there are no more of them than octets. */
static void read_records(const struct digest_blocks *blocks, size_t octets)
{
	static const struct input_stats about = {.kind = SOURCE_CAPTURE, .kind_name = "pcap"};
	const struct source_options options = {.name = "fuzz"};
	struct source *s = digest_open(blocks, &about, "fuzz", &options);
	size_t events = 0;
	struct event e;

	while (source_next(s, &e) == PULLED) {
		fuzz_must(++events <= 16 + 2 * octets);
		fuzz_event(&e);
	}
	source_close(s);
}

static void read_file(const uint8_t *data, size_t size)
{
	enum { FEW = 16 }; /* blocks are packed: a small file may hold much */
	struct text why_not = text_make(4096);
	struct part_file p;

	if (part_open(&p, fuzz_file(data, size), &why_not)) {
		for (size_t i = 0; i < p.n_inputs && i < FEW; i++) {
			struct digest_blocks blocks = part_blocks(&p, &p.inputs[i]);

			fuzz_must(p.inputs[i].shard < p.n_shards);
			read_records(&blocks, (size_t)BLOCK_MOST * (p.inputs[i].n_data + 1));
		}
		fuzz_must(!part_verify(&p) || p.damage.len == 0);
		part_close(&p);
	} else {
		fuzz_must(why_not.len > 0);
	}
	text_free(&why_not);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct one_block block = {0};

	if (fuzz_choice(&data, &size) % 2 == 0) {
		read_file(data, size);
		return 0;
	}
	block.records = (struct span){data, size};
	read_records(&(struct digest_blocks){&block, next, leave}, size);
	return 0;
}

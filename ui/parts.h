/* Parts as inputs: `reduce` replays what `map` took down of each input as if it read the inputs
 * themselves, in the order in which a shell's `*` would give their names. So whatever it prints is
 * what one run over all of them would print.
 *
 * What is missing, twice, cut or of another kind is named, and the exit status says it. */
#ifndef L2TPSCOPE_PARTS_H
#define L2TPSCOPE_PARTS_H

#include "part_file.h"
#include "run.h"

/* One shard or one input, and in which part it is. */
struct part_place {
	const struct part_file *file;
	size_t at;
	size_t rank; /* of inputs: where it stands when all shards stand in order */
};

struct parts {
	struct part_file *files; /* those that could be opened */
	size_t n_files;
	struct part_place *shards; /* in order, each once */
	size_t n_shards;
	struct part_place *inputs; /* likewise */
	size_t n_inputs;
	bool is_incomplete; /* something that should be there is not */
};

/* Of the command line; `wants_all`: the shards of a set that are missing are missed. */
struct parts *parts_open(struct run *r, bool wants_all);
void parts_free(struct parts *p);
/* NULL: there are none. */
bool parts_are_whole(const struct parts *p);

/* What is in them becomes the inputs of the run. */
void parts_inputs(struct run *r);

static inline const struct part_shard *part_shard_at(const struct part_place *p)
{
	return &p->file->shards[p->at];
}

static inline const struct part_input *part_input_at(const struct part_place *p)
{
	return &p->file->inputs[p->at];
}

#endif

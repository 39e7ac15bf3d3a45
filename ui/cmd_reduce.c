#include "cmd_common.h"
#include "parts.h"
#include "run_lock.h"
#include "whole_file.h"

static bool join(struct run *r);

const struct command command_reduce = {
	.bit = COMMAND_REDUCE,
	.name = "reduce",
	.arguments = "[--calls|--tunnels|--check|--stats] [OPTIONS] PART...",
	.about = "joins the parts of all shards: as one run over all their inputs",
	.details =
		"The parts may come in any order. With one of --calls, --tunnels, --check, "
		"--stats, and the options of\nthat command, the output is that of one run over all "
		"inputs, in order of their names; without any it is\n--calls. With -o PART "
		"instead several parts become one, and in the end it does not matter which were\n"
		"joined first. A part that is missing (of those that `map --shard` numbered), "
		"there twice, cut, or made\notherwise is named: the exit status is 3, or 4 where a "
		"part is cut.",
	.needs = WRITES_FILE,
	.run_stream = join,
};

/* An option that would change what is said, where nothing is. */
static bool says_something(const struct options *o)
{
	return o->json || o->format || o->where || o->by || o->call || o->tunnel || o->fail_on ||
	       o->baseline || o->filter_for || o->ignore.n > 0 || o->verbose;
}

static bool copy(struct run *r, const struct parts *p, FILE *out)
{
	struct part_writer *w = part_writer_new(out);
	bool is_fine = true;

	for (size_t i = 0; is_fine && i < p->n_shards; i++)
		is_fine = part_shard_copy(w, p->shards[i].file, part_shard_at(&p->shards[i]));
	part_end(w);
	part_writer_free(w);
	if (!is_fine) {
		run_refuse("a part could not be read");
		run_raise(r, STATUS_INPUT);
	}
	return is_fine;
}

/* Of less than all that was given nothing is made: whoever goes on with it would not know. */
static void write_joined(struct run *r, const struct parts *p)
{
	struct text why_not = text_make(4096);
	struct whole_file file;

	if (p->is_incomplete) {
		run_refuse("%s is not written", r->options->output);
	} else if (!whole_open(&file, r->options->output, r->options->force, &why_not)) {
		run_raise(r, STATUS_USAGE);
	} else if (!copy(r, p, file.out)) {
		whole_drop(&file);
	} else if (!whole_close(&file, &why_not)) {
		run_raise(r, STATUS_LIMIT);
	}
	if (why_not.len > 0)
		term_complain(text_str(&why_not));
	text_free(&why_not);
}

/* command.run_stream: there is nothing to be replayed. */
static bool join(struct run *r)
{
	struct text why_not = text_make(4096);
	struct parts *p;

	if (says_something(r->options))
		text_puts(&why_not, "`reduce -o PART` joins parts; what they say is --calls, "
				    "--tunnels, --check or --stats");
	else
		(void)common_is_terminal(r, &why_not);
	if (why_not.len > 0) {
		run_raise(r, common_refuse(&why_not, STATUS_USAGE));
		return true;
	}
	text_free(&why_not);
	p = parts_open(r, false);
	run_lock(r);
	write_joined(r, p);
	parts_free(p);
	return true;
}

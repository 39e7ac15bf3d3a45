/* A command is one small file with one `const struct command` on top; command.c lists them.
 *
 * run.c opens the inputs, and replays them where the command needs it, before `run` is called;
 * `run` prints, and returns DONE or FOUND. */
#ifndef L2TPSCOPE_COMMAND_H
#define L2TPSCOPE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct run;

/* contract.md §2 */
enum exit_status {
	STATUS_DONE = 0,
	STATUS_FOUND = 1,
	STATUS_USAGE = 2,
	STATUS_INPUT = 3,
	STATUS_CUT = 4,
	STATUS_LIMIT = 5,
	STATUS_INTERRUPTED = 130,
};

/* One bit each: an option's row names the commands that take it. */
enum command_bit {
	COMMAND_CALLS = 1 << 0,
	COMMAND_TUNNELS = 1 << 1,
	COMMAND_SHOW = 1 << 2,
	COMMAND_TIMELINE = 1 << 3,
	COMMAND_DECODE = 1 << 4,
	COMMAND_CHECK = 1 << 5,
	COMMAND_ANNOTATE = 1 << 6,
	COMMAND_DIAGRAM = 1 << 7,
	COMMAND_EXPLAIN = 1 << 8,
	COMMAND_EXPORT = 1 << 9,
	COMMAND_STATS = 1 << 10,
	COMMAND_DIFF = 1 << 11,
	COMMAND_UI = 1 << 12,
	COMMAND_REPORT = 1 << 13,
	COMMAND_REDACT = 1 << 14,
	COMMAND_MAP = 1 << 15,
	COMMAND_REDUCE = 1 << 16,
};

enum command_need {
	NEEDS_REPLAY = 1,  /* the report, before `run` is called */
	NEEDS_STEPS = 2,   /* and its steps */
	NEEDS_NOISE = 4,   /* events that nobody replays, too */
	NO_INPUTS = 8,     /* words are topics, not files */
	TAKES_CALL = 16,   /* a number before the inputs is --call */
	WRITES_FILE = 32,  /* -o is opened by the command itself */
	LOADS_ITSELF = 64, /* calls run_load() until the report is there */
	TAKES_PAIR = 128,  /* two numbers before the inputs, or two inputs (pair.h) */
	/* with -v or -x of several texts: the report, as they complete each other, and the inputs
	 * once more (run.is_again) */
	JOINS_TEXTS = 256,
	LOCKS_ITSELF = 1024, /* calls run_lock() before it reads a record */
	READS_AGAIN = 2048,  /* the messages of the few calls that are asked for (reread.h) */
	LISTS_UNREAD = 512,  /* keeps the records that nothing read: run.unread */
};

struct command {
	enum command_bit bit;
	const char *name;
	const char *arguments; /* for usage: "[OPTIONS] INPUT..." */
	const char *about;     /* one line */
	const char *details;   /* a paragraph for --help */
	unsigned needs;
	/* Opens and loads what `run` needs besides the inputs; what cannot be had is its trouble.
	 * NULL: nothing. */
	void (*prepare)(struct run *r);
	enum exit_status (*run)(struct run *r);
	/* May read the inputs itself while they grow, and print; false when it did nothing, then
	 * they are read as ever. NULL: never. */
	bool (*run_stream)(struct run *r);
	/* Prints the calls, tunnels and findings of the report that are new: it is asked whenever
	 * some are settled while the input is read, and `run` then prints what is left. NULL: `run`
	 * prints all. */
	void (*rows)(struct run *r);
	bool (*has_rows)(const struct run *r); /* with these options; NULL: with any */
};

extern const struct command command_calls;
extern const struct command command_tunnels;
extern const struct command command_show;
extern const struct command command_timeline;
extern const struct command command_decode;
extern const struct command command_check;
extern const struct command command_annotate;
extern const struct command command_diagram;
extern const struct command command_explain;
extern const struct command command_export;
extern const struct command command_redact;
extern const struct command command_map;
extern const struct command command_reduce;
extern const struct command command_stats;
extern const struct command command_diff;
extern const struct command command_report;
extern const struct command command_ui;

/* In the order of --help; ends with NULL. */
extern const struct command *const commands[];
const struct command *command_named(const char *name);

#endif

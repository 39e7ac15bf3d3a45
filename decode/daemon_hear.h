/* One line of a daemon's log: its prefix, its text without what a syslog or a web page made of it,
 * the dialect that claims it, and what the row that reads it says.
 *
 * A line is understood by itself; only whose lines stood right before it counts, and the names that
 * the text gives to programs (an alias, learned once). What a dialect waits for is not known here
 * (daemon.h). */
#ifndef L2TPSCOPE_DAEMON_HEAR_H
#define L2TPSCOPE_DAEMON_HEAR_H

#include "daemon.h"
#include "daemon_split.h"

enum {
	HEARING_PROGRAMS = 64,
	HEARING_DIALECTS = 32, /* at most; `heard.dialect` is below */
	HEARING_NOBODY = HEARING_DIALECTS
};

enum claim {
	CLAIM_NONE,    /* it is no daemon's */
	CLAIM_NEUTRAL, /* anybody's: empty, or of a program that is not known */
	CLAIM_READ,    /* a row of its dialect reads it */
	CLAIM_UNREAD   /* the tag is one of the dialect, no row reads it */
};

/* A line as it was understood. */
struct heard {
	enum claim claim;
	size_t dialect;
	size_t start, end; /* octets of the content */
	struct prefix prefix;
	struct str text; /* clean */
	size_t len;      /* of the text before it was cut to LIMIT_RECORD */
	struct grammar_match match;
};

struct hearing {
	struct str content;
	int year;
	struct arena *arena; /* of what is heard; borrowed, as the next one */
	struct arena *names; /* of what stays */
	struct splitter split;
	struct grammar *grammar;
	const char *programs[HEARING_PROGRAMS + 1];
	uint8_t program_dialect[HEARING_PROGRAMS];
	size_t n_programs;
	struct str alias; /* what a text calls a program of `alias_dialect` */
	size_t alias_dialect;
};

void hearing_open(struct hearing *g, struct str content, int year, struct arena *arena,
		  struct arena *names);
void hearing_close(struct hearing *g);
/* The content has grown to `len` octets. */
void hearing_grow(struct hearing *g, size_t len);

/* Understands the line at `at`; `current` is the dialect of the lines right before it, or
 * HEARING_NOBODY. */
void hear(struct hearing *g, size_t at, size_t current, struct heard *ret);
/* A record that was wrapped: nothing reads it, but with the next lines behind it. */
bool hear_wrapped(struct hearing *g, struct heard *h);
/* One that is read by a row that reads anything, where records may be broken (`heads`). */
void hear_closer(struct hearing *g, struct heard *h);
/* A record that its row reads, but whose sentence (ROW_OPEN) goes on in the next lines: where a
 * line is as long as mails and terminals make them, and what comes next is no record. */
void hear_rest(struct hearing *g, struct heard *h);

#endif

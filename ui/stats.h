/* The calls and tunnels of a run in numbers: the model behind `stats`, without a word of output.
 *
 * They are counted as they are told. Of each call there stays only what percentiles need: its setup
 * and its duration, and of which groups it is. */
#ifndef L2TPSCOPE_STATS_H
#define L2TPSCOPE_STATS_H

#include "run.h"
#include "spread.h"

/* What calls are counted by. */
enum stats_by {
	STATS_OUTCOME,
	STATS_REACHED,
	STATS_CAUSE, /* of calls that failed or were dropped */
	STATS_LAC,
	STATS_LNS,
	STATS_REALM, /* what stands behind the @ of a user, or before the \ */
	STATS_AUTH,
	STATS_CARRIER,
	STATS_DIMENSIONS,
};
const char *stats_by_name(enum stats_by by);
/* What a group's parts are: "cause", "lns"; NULL: it has none. */
const char *stats_part_name(enum stats_by by);

enum { STATS_OUTCOMES = OUTCOME_FAILED + 1 };

struct stats_part {
	struct str key;
	uint64_t n;
};

struct stats_group {
	struct str key; /* as in the input; empty: unknown */
	uint64_t calls, by_outcome[STATS_OUTCOMES];
	uint64_t control_messages, retransmissions;
	double setup_p50, setup_p95;    /* below 0: of none known */
	const struct stats_part *parts; /* of those that failed or were dropped, the most first */
	size_t n_parts;
};

struct stats_table {
	struct stats_group *at; /* the most calls first */
	size_t n;
};

/* One type of message, repeats apart. */
struct stats_message {
	uint32_t order;              /* of the protocols in a call, then of their types */
	const char *protocol, *name; /* "L2TP" "ICRQ" */
	uint64_t n, again;           /* distinct; sent again by their senders */
};

/* A minute in which calls began or went wrong. */
struct stats_minute {
	int64_t ns; /* its beginning, on the reference clock */
	uint64_t started, failed, dropped;
};

struct stats_counting; /* stats.c */

struct stats {
	uint64_t calls, by_outcome[STATS_OUTCOMES];
	uint64_t tunnels, tunnels_by_outcome[STATS_OUTCOMES];
	uint64_t control_messages, retransmissions, duplicates, hellos; /* of the tunnels */
	uint64_t ppp_messages, data_packets[2], data_bytes[2];
	struct spread setup, duration, tunnel_setup;
	struct stats_table by[STATS_DIMENSIONS];
	struct stats_message *messages;
	size_t n_messages;
	struct stats_minute *minutes; /* in order of time */
	size_t n_minutes;
	uint64_t untimed; /* calls of which no time is known */
	struct arena *arena;
	struct stats_counting *counting; /* until the end */
};

/* Of what the options let through; stats_take() of each portion of the report that is told. */
struct stats *stats_new(void);
void stats_take(struct stats *s, struct run *r);
void stats_end(struct stats *s);
void stats_free(struct stats *s);

/* Sent again, of all that was sent: 0 to 1; below 0 of nothing. */
double stats_rate(uint64_t again, uint64_t distinct);
/* A minute of the run on its clock. */
struct moment stats_moment(const struct run *r, int64_t ns);

/* Outcomes and percentiles in the order in which they are shown. */
enum { STATS_PERCENTS = 4 };
extern const enum outcome stats_outcomes[STATS_OUTCOMES];
extern const unsigned stats_percents[STATS_PERCENTS];

#endif

/* The page of `report`, in parts. What the script (report.js) reads:
 *
 *	id="call-17", id="tunnel-3"   one call or tunnel: verdict, facts, findings, phases, messages
 *	id="list"                     the rows of both tables
 *	id="run"                      all else: summary, causes, findings by rule, inputs
 *
 * Every text in it is escaped for people (text.h) and masked unless --show-secrets. */
#ifndef L2TPSCOPE_PAPER_H
#define L2TPSCOPE_PAPER_H

#include "ladder.h"
#include "step_index.h"
#include "webpage.h"

/* What a table lists. */
enum paper_kind { PAPER_CALL, PAPER_TUNNEL, PAPER_KINDS };
const char *paper_kind_name(enum paper_kind kind);

/* A call, or a tunnel. */
struct paper_subject {
	const struct call *call;
	const struct tunnel *tunnel;
};

enum paper_share { PAPER_LEFT_OUT, PAPER_LISTED, PAPER_FULL };

struct paper {
	struct run *run;
	struct webpage page;
	struct step_index steps;
	struct ladder_base *base;     /* of all ladders */
	struct arena *arena;          /* one message at a time */
	uint8_t *shares[PAPER_KINDS]; /* enum paper_share, by number */
	uint64_t n[PAPER_KINDS][PAPER_FULL + 1];
};

/* A pair of the object that is being made, where `s` is known. */
void paper_pair(struct paper *p, const char *key, struct str s);

/* One call or tunnel, with its messages where `is_full`. */
void paper_subject(struct paper *p, const struct paper_subject *s, bool is_full);
/* The names of the facts, in order: `"facts":{"call":[…],"tunnel":[…]}`. */
void paper_fact_names(struct paper *p);

/* The findings that a subject's page lists: its own, then those of its tunnel. */
struct paper_findings {
	const struct finding *at[LIMIT_PAPER_FINDINGS];
	size_t n;
	uint64_t left_out;
};

/* `l` NULL: its messages are not in the page, and evidence has no row to point at. */
void paper_findings(struct paper *p, const struct paper_findings *f, const struct ladder *l);
/* Parties and rows, as members of the object that is being made. */
void paper_ladder(struct paper *p, const struct ladder *l, const struct paper_findings *f);

void paper_list(struct paper *p);
void paper_run(struct paper *p);
/* `"inputs":[…]`: what each is, its clock, and what was not read. */
void paper_inputs(struct paper *p);

#endif

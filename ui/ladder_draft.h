/* A ladder while it is made: rows hold drafts of parties, which party_finish() orders. */
#ifndef L2TPSCOPE_LADDER_DRAFT_H
#define L2TPSCOPE_LADDER_DRAFT_H

#include "ladder_party.h"

struct ladder_base {
	struct party_list hosts; /* party_learn() */
	/* Findings of which no evidence is a step, as the report has them. */
	const struct finding **loose;
	size_t n_loose;
};

struct draft {
	struct run *run;
	const struct ladder_choice *choice;
	struct step *const *steps;
	size_t n_steps;
	struct ladder *ladder;
	struct party_list parties;
	size_t room;
	bool *calls;     /* by number: something of it is shown */
	size_t *last_of; /* by number: its last row + 1; [0]: of no call */
	bool *has_data;  /* by number: its payload has a row */
	struct moment before;
	struct text words; /* empty between two calls of what is below */
};

/* ---- ladder_shown.c ---- */

/* It belongs to what was chosen. */
bool draft_shows(const struct draft *d, const struct step *s);
/* It tells something. */
bool draft_draws(const struct run *r, const struct step *s);
/* Sent, and not seen to arrive: a recording nearer to the receiver lacks it, or its sender repeated
 * it and it was never acknowledged. */
bool draft_is_lost(const struct step *s);
/* The latter. */
bool draft_is_given_up(const struct step *s);
bool draft_is_about(const struct draft *d, const struct finding *f);

/* ---- ladder_words.c: into the arena of the ladder ---- */

/* d->words, which are empty then. */
struct str draft_words(struct draft *d);
struct str draft_message(struct draft *d, const struct step *s);
struct str draft_detail(struct draft *d, const struct step *s);
struct str draft_remark(struct draft *d, const struct step *s);
struct str draft_origin(struct draft *d, const struct event *e);
struct str draft_time(struct draft *d, const char *format, struct moment now);
struct ladder_note draft_note(struct draft *d, const struct finding *f, uint64_t event);

/* ---- ladder_row.c ---- */

/* A row of its own, or one more of the last row of its call. */
void draft_add_step(struct draft *d, const struct step *s);
/* NULL when there are too many; it is counted then. */
struct ladder_row *draft_new_row(struct draft *d);
/* Everything of a row that its first message gives. */
void draft_begin_row(struct draft *d, struct ladder_row *row, const struct step *s);
/* A rule once in a row, however many copies are folded into it. */
void draft_add_notes(struct draft *d, struct ladder_row *row, const struct step *s);

/* ---- ladder_call.c ---- */

/* Everything of a call is one row. */
void draft_add_to_call(struct draft *d, const struct step *s, const struct call *c);
/* The payload of its call has a row from where the call has come up. */
void draft_add_payload(struct draft *d, const struct step *s);
/* The same, before the first message that follows on it. */
void draft_add_payload_before(struct draft *d, const struct step *s);

#endif

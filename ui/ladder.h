/* What a sequence diagram shows, whatever draws it: the parties of a call, a tunnel or what was
 * chosen from left to right, and between them rows in order of time.
 *
 *	struct ladder *l = ladder_make(r, NULL);        what --call, --tunnel, --where … let through
 *	struct ladder *l = ladder_make(r, &(struct ladder_choice){.call = c});      one call
 *	for (size_t i = 0; i < l->n_rows; i++) … l->rows[i] …
 *	ladder_free(l);
 *
 * It needs a run whose command has NEEDS_REPLAY | NEEDS_STEPS. Every text in it is escaped for a
 * terminal (text.h: no control, no bidi control, valid UTF-8, no newline), secrets are masked;
 * markup of a format is the renderer's matter. The ladder does not outlive the run.
 *
 * A party is a host that speaks L2TP (the same one in all its tunnels, also where it is LNS of one
 * and LAC of the next), a caller, a PPPoE or PPTP server, or a RADIUS server. Callers have columns
 * of their own while they are few, else one for all.
 *
 * Folded into one row: copies of a message that follow each other; data; LCP Echo and HELLO that
 * change nothing. More than LIMIT_LADDER_CALLS calls (and none chosen) are folded into a row each.
 * More than LIMIT_LADDER_ROWS rows are counted (`left_out`), not made. */
#ifndef L2TPSCOPE_LADDER_H
#define L2TPSCOPE_LADDER_H

#include "run.h"

enum party_kind { PARTY_CLIENT, PARTY_HOST, PARTY_SERVER, PARTY_RADIUS, PARTY_OTHER };

struct ladder_party {
	enum party_kind kind;
	struct str title; /* own words: `LAC`, `LNS and LAC`, `PPPoE server` */
	struct str name;  /* `hgw 10.51.6.68`, or empty */
	struct str label; /* both */
};

enum ladder_kind {
	LADDER_MESSAGE, /* an arrow from one party to another */
	LADDER_SAID,    /* what only a log says, at one party (from == to) */
	LADDER_DATA,    /* payload, folded: both ways between from and to */
	LADDER_ALIVE,   /* LCP Echo or HELLO, folded: both ways between from and to */
	LADDER_CALL,    /* a whole call, folded: between from and to */
};

/* A machine of a party goes from one state to the next. */
struct ladder_state {
	size_t party;
	const struct machine *machine;
	uint16_t protocol; /* machine_cp: which protocol, else 0 */
	uint8_t before, after;
	bool is_inferred;
	struct str text; /* `LAC: idle → wait-reply` */
};

/* A finding whose evidence this row is. */
struct ladder_note {
	const struct finding *finding;
	bool is_first;   /* its first evidence: the words belong here */
	struct str text; /* what is wrong, escaped */
};

enum { LADDER_WAITS = 8 };

struct ladder_row {
	enum ladder_kind kind;
	size_t from, to;    /* parties */
	struct moment when; /* on the reference clock; of the first copy */
	struct moment last; /* of the last one that is folded into the row */
	struct str time;    /* `when` as -t wants it */
	struct str delta;   /* seconds since the row before, or empty */
	struct str message; /* `ICRQ`, `LCP CONFREQ`, `data IPv4`, `call 17` */
	struct str detail;  /* the AVPs and options that matter; of speech the record */
	struct str remark;  /* own words: `sent again`, `never seen at lns.pcap`, or empty */
	bool is_unseen;     /* sent, and not seen to arrive: drawn dashed */
	uint64_t copies;    /* MESSAGE, SAID: how often, 1 when nothing is folded */
	double waits[LADDER_WAITS]; /* seconds before each further copy */
	size_t n_waits;
	uint64_t packets[2], octets[2]; /* DATA, ALIVE, CALL: [0] from → to, [1] to → from */
	struct ladder_state *states;
	size_t n_states;
	struct ladder_note *notes;
	size_t n_notes;
	uint64_t call, tunnel;   /* their numbers, 0: none */
	uint64_t event;          /* event.number of the first copy */
	const struct step *step; /* its step: run.h and message.h read it again */
	struct str origin;       /* `frame 12 of lac.pcap`, `line 40 of lns.log` */
};

struct ladder {
	struct arena *arena;
	struct ladder_party *parties; /* from left to right */
	size_t n_parties;
	struct ladder_row *rows;
	size_t n_rows;
	uint64_t left_out; /* messages behind the last row */
	uint64_t n_calls;  /* of which something is shown */
	bool is_digest;    /* calls are folded into a row each */
	/* Findings without a message that is shown. */
	struct ladder_note *notes;
	size_t n_notes;
};

/* One call (with its legs and the setup of its tunnels), or one tunnel with its calls. */
struct ladder_choice {
	const struct call *call;
	const struct tunnel *tunnel;
	/* For a caller that makes many: in order of time all steps that can belong to it, and
	 * perhaps more. NULL: those of the report. */
	struct step *const *steps;
	size_t n_steps;
	const struct ladder_base *base; /* likewise; NULL: it is made for this one */
};

/* What all ladders of the steps of a run have in common. */
struct ladder_base *ladder_base_new(const struct run *r);
void ladder_base_free(struct ladder_base *b);

/* `choice` NULL: what the options let through. Never NULL. */
struct ladder *ladder_make(struct run *r, const struct ladder_choice *choice);
void ladder_free(struct ladder *l);

/* How often, and when again: `×3, again after 1.000, 2.001 s`; of what is folded both ways
 * `→ 12 packets, 3400 octets; ← 9 packets, 700 octets`, arrows as the parties stand. Nothing for a
 * single message. */
void ladder_folded(struct text *t, const struct ladder_row *row);

/* The first `most` octets of `s`, whole characters, with `…` where something is left out. */
struct str ladder_clip(struct arena *a, struct str s, size_t most);

#endif

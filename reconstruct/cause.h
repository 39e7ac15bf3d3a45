/* What the cause_*.c files share: judging is a table of rows, tried top to bottom.
 *
 * A row is a question and the slug (contract.md §4) that a "yes" means. The order of the rows is
 * the contract's: PPP Terminate text or authentication failure, before the PPP disconnect AVP
 * (46), before error code and text, before Q.931, before what was left unanswered, before the
 * result code. */
#ifndef L2TPSCOPE_CAUSE_H
#define L2TPSCOPE_CAUSE_H

#include "mark.h"
#include "unseen.h"

/* One tunnel or call being judged; a test that says yes fills in its part. */
struct trial {
	struct report *r;
	struct tunnel *t;
	struct call *c;           /* NULL while a tunnel is judged */
	struct session *s;        /* of the call */
	struct str side_words[2]; /* [LAC] [LNS] of the call, once they are asked for */
	bool came_up;
	const struct mark *end; /* the first message that ended it; NULL: none was seen */
	int terminator;         /* the PPP end whose Terminate-Request that is; -1: it is none */
	/* the verdict */
	const char *cause;
	enum confidence confidence;
	enum role by;
	struct str text;
	const char *also[4];
	size_t n_also;
	/* it was asked again and again: no hole of the recording is as deep */
	bool is_insisted;
	bool is_refused; /* text: the LAC got no tunnel for it, so it was never up */
	/* what was not seen would have come behind it: no hole before it matters; NULL: any does */
	const struct mark *since;
};

/* Of the call. */
static inline struct ppp_link *trial_link(const struct trial *f)
{
	return &f->s->ppp;
}

struct cause_row {
	bool (*test)(struct trial *f);
	const char *cause; /* NULL: the test names it */
	enum confidence confidence;
	bool is_absence; /* it rests on what was not seen: where the recording has holes, only
			  * if trial.is_insisted */
};

/* Two recordings show that this part of the call's PPP left one and never came to the other. */
bool trial_lost_between(const struct trial *f, enum ppp_part part);
/* What its verdict says was not seen may have come by in a hole of the recording. */
bool trial_may_have_missed(const struct trial *f);
/* Runs the rows; false when none says yes. */
bool trial_judge(struct trial *f, const struct cause_row *rows, size_t n);

/* Sets the text of the verdict; false never, so that a test can end with it. */
bool trial_say(struct trial *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
void trial_also(struct trial *f, const char *slug);
/* "An operator or a policy cleared it": what the slug chosen means (cause.def). */
struct str trial_meaning(const struct trial *f);

/* In order (the call was wanted to end) or by a fault. */
bool cause_is_orderly(const char *slug);

/* The slug that a text (a Terminate-Request, a CDN, `PPP DISC`) states, or NULL. */
const char *cause_of_phrase(struct str text);
/* These words, in lower case, are in `s`; hyphens are blanks. */
bool cause_has_words(struct str s, const char *words);
/* That text concludes from silence: the slug it states is likely, not certain. */
bool cause_is_guess(struct str text);
/* A timer of an end ran out: it takes the call down, whatever it says of that. */
bool cause_is_decision(const char *cause);
/* The words of an end that gave up because nothing came from its peer. */
bool cause_is_silence(struct str text);
/* The slug of a general error code (RFC 2661 4.4.2), a Q.931 cause, an AVP 46 code; or NULL. */
const char *cause_of_error(int error);
const char *cause_of_q931(uint16_t cause);
const char *cause_of_disconnect(uint16_t code);

enum { ERROR_VENDOR_SPECIFIC = 6 }; /* RFC 2661 4.4.2: whatever its vendor means by it */
enum { RESULT_TDM = 30 };           /* RFC 5611 2.3: of a CDN, with error codes of its own */
/* What its error code means; NULL where it has none, or text that says more. */
const char *error_name(const struct ending *e);
/* "the LNS l2tp-gw (10.51.6.82)": an end of a tunnel in words. */
struct str end_words(struct report *r, const struct tunnel *t, int end);
/* The same for LAC or LNS of a call. */
struct str side_words(struct trial *f, enum role role);
/* "; NAME had repeated its SCCRP, …" of an end that does not hear what the other one says; or
 * empty. */
struct str deaf_words(struct report *r, const struct tunnel *t);
/* " at +1.234 s"; empty when the mark has no time. */
struct str time_words(struct report *r, const struct mark *m);
/* ", first at +1.234 s": the same behind a word; empty when the mark has no time. */
struct str moment_words(struct report *r, const char *word, const struct mark *m);
/* ": \"text\""; empty when there is none. */
struct str quote_words(struct report *r, struct str text);

/* The role that tunnel end `end` plays in the session, ROLE_INITIATOR … when unknown. */
enum role role_of_end(const struct session *s, int end);

/* The ICMP error that quoted the tunnel says that a packet is too large for the path. */
bool icmp_is_too_big(const struct tunnel *t);
bool icmp_says_too_big(uint8_t type, uint8_t code);
/* The end that could not be reached was heard after that: it was down, or the path was, for a
 * while. */
bool icmp_is_past(const struct report *r, const struct tunnel *t);
/* That end says so itself, no router on the path. */
bool icmp_is_of_host(const struct tunnel *t);
/* SCCCN and SCCRP are both repeated: only the initiator takes the tunnel for open. */
bool scccn_is_never_taken(const struct tunnel *t);

/* IPCP opened without an address after it had been refused, and was closed at once. */
bool ipcp_was_useless(const struct ppp_link *p);

void judge_tunnel(struct report *r, struct tunnel *t);
void judge_call(struct report *r, struct call *c);

#endif

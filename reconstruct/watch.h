/* Rules that look at each event while it is replayed, for what the finished model does not keep:
 * sequence numbers of data, contents of repeats, options of every request.
 *
 * A watcher stands in its rules' file, beside the rows (rules.h). It sees every event of its kinds
 * after the machines have taken it, whatever its tunnel and session, and raises rows of its file
 * whose moment is ON_EVENT. A row's `check`, if it has one, is the judge: it is asked when the run
 * is over, with the finding as `raise.last`, and may lower it, word it anew with what came later,
 * or withdraw it (finding_withdraw). Nothing a watcher does may depend on which vantage point is
 * fed first. */
#ifndef L2TPSCOPE_WATCH_H
#define L2TPSCOPE_WATCH_H

#include "observer.h"
#include "rule.h"

/* One event as a watcher sees it. */
struct watch {
	struct context *c;
	const struct event *e;
	struct tunnel *t;       /* NULL: of no tunnel */
	struct session *s;      /* NULL: of the tunnel itself */
	unsigned from;          /* control and data: the tunnel end that sent it */
	enum delivery delivery; /* control: new, repeat … */
	const struct watcher *watcher;
	size_t memory; /* which one of each subject's is the watcher's */
};

/* What a watcher remembers of a subject: one of an array. */
struct watch_memory {
	void *at; /* NULL: nothing yet */
};

#define WATCH(kind)            (1u << (kind))
#define WATCH_VERSION(version) (1u << (version))
#define WATCH_MESSAGE(message) (UINT32_C(1) << (message)) /* below 31; 31: all others */
#define WATCH_CODE(code)       (1u << (code))             /* below 15; 15: all others */

/* PPP packets by what they negotiate. */
enum watch_ppp {
	WATCH_LCP = 1,
	WATCH_NCP = 2,  /* RFC 1661 2: 8*** to b*** */
	WATCH_AUTH = 4, /* PAP, CHAP, EAP */
	WATCH_REST = 8,
};

/* Lines that are no tunnel of L2TP or L2F (enum carrier), beside versions of tunnels. */
enum { WATCH_BARE = 1 << 4 };

enum { WATCH_MEMORY = 1 << 16 }; /* octets that a watcher may remember of one subject, at most */

/* A watcher is known by its function; several rows of it may ask for several kinds of events, and
 * remember the same. */
typedef void watch_see(struct watch *w);

/* After it has seen a data packet: what it wants of those that look alike, until something else
 * happens in their call (meter.h). */
enum watch_wish {
	WISH_EVENTS,  /* all of each */
	WISH_GLANCES, /* `fits` and `count` do what `see` would */
	WISH_NOTHING, /* they tell it nothing */
};

struct watcher {
	uint32_t kinds; /* WATCH(EVENT_CONTROL) | … */
	/* Narrower, so that it is not asked where it has nothing to say; 0: all. */
	uint8_t lines;     /* WATCH_VERSION() of tunnels, 0 of none; WATCH_BARE */
	bool is_numbered;  /* of payload that has Ns */
	uint8_t ppp;       /* of PPP packets: WATCH_LCP | … */
	uint16_t codes;    /* and WATCH_CODE() */
	uint32_t messages; /* of control messages: WATCH_MESSAGE() */
	size_t memory;     /* octets it remembers per tunnel, session or run; 0 none */
	watch_see *see;
	enum watch_wish (*wish)(struct watch *w); /* NULL: WISH_EVENTS */
	/* WISH_GLANCES: which memory; is it one to be counted; count `n` in order up to that Ns,
	 * or NULL. */
	void *(*remember)(struct watch *w);
	bool (*fits)(const void *memory, unsigned from, const struct glance *g);
	void (*count)(void *memory, unsigned from, uint16_t ns, uint64_t n);
	/* Instead of `count`: where the time of the newest is kept. */
	struct moment *(*heard)(void *memory, unsigned from);
};

/* The wish of a watcher that does not look at L2TPv2. */
enum watch_wish watch_no_l2tpv2(struct watch *w);

enum { WATCH_GLANCES = 3 }; /* watchers that want glances, at most */

struct watch_glance {
	const struct watcher *watcher;
	void *memory;
};

/* Who wants glances of what looks like the event of `c`; false: somebody wants events. */
bool watch_glances(struct context *c, struct watch_glance ret[WATCH_GLANCES], size_t *ret_n);

/* After the event of `c` has been taken. */
void watch_event(struct context *c);

/* Of a control message: is it one of those, and one that its receiver has not had before? */
static inline bool watch_is_message(const struct watch *w, uint16_t message)
{
	return w->e->control.message == message;
}
static inline bool watch_is_new(const struct watch *w)
{
	return w->t && (w->delivery == DELIVERY_NEW || w->delivery == DELIVERY_EARLY ||
			w->delivery == DELIVERY_OLD);
}

/* The watcher's memory of the session, the tunnel, the vantage point: zero at first; never NULL. */
void *watch_vantage(struct watch *w);
void *watch_first(struct watch *w, struct watch_memory **all, struct arena *arena);
static inline void *watch_memory(struct watch *w, struct watch_memory **all, struct arena *arena)
{
	void *made = *all ? (*all)[w->memory].at : NULL;

	return made ? made : watch_first(w, all, arena);
}
static inline void *watch_tunnel(struct watch *w)
{
	return w->t ? watch_memory(w, &live_tunnel(w->t)->memory, live_tunnel(w->t)->arena)
		    : watch_vantage(w);
}
static inline void *watch_session(struct watch *w)
{
	return w->s ? watch_memory(w, &live_session(w->s)->memory, live_session(w->s)->arena)
		    : watch_tunnel(w);
}
/* Beside the memory of the session (or what watch_session() gives): room for what few of them need;
 * likewise zero, and never NULL. */
void *watch_room(struct watch *w, size_t size);

/* Raises `rule` (a row of ON_EVENT) on the session if there is one, else on the tunnel, else on
 * the run. The same rule again on the same subject counts and adds evidence; its first text
 * stands. Returns it, never NULL. */
struct finding *watch_raise(struct watch *w, const char *rule, const char *format, ...)
	__attribute__((cold, format(printf, 3, 4)));
/* The same on the tunnel even if the message belongs to a session. */
struct finding *watch_raise_tunnel(struct watch *w, const char *rule, const char *format, ...)
	__attribute__((cold, format(printf, 3, 4)));

/* What the watcher remembers of a finished session or tunnel, for a judge; NULL: nothing. */
const void *watch_recall(const struct session *s, watch_see *see);
const void *watch_recall_tunnel(const struct tunnel *t, watch_see *see);

/* Two records are one: what was raised on `b` goes to `a`, once a rule. `is_same_time`: both saw
 * the same messages, so counts are not added. */
void observed_join(struct finding **a, struct finding **b, bool is_same_time);

#endif

/* The whole of reconstruct/ to its callers: feed events, end, read the report.
 *
 * Each vantage point (event.origin.vantage) is replayed alone; replay_end joins them,
 * seals the calls, finds causes and runs the rules. */
#ifndef L2TPSCOPE_REPLAY_H
#define L2TPSCOPE_REPLAY_H

#include "glance.h"
#include "model.h"
#include "secrets.h"
#include "source.h"
#include "threshold.h"

struct report;

struct replay_options {
	bool keep_steps;          /* what several vantage points saw is compared by them */
	struct secrets *secrets;  /* given ones; learned ones are added. May be NULL */
	const int64_t *offset_ns; /* --offset per input, or NULL */
	size_t n_offsets;
	const struct thresholds *thresholds; /* NULL: the defaults; lives as long as the replay */
	/* Calls, tunnels and findings in the order in which they are told: not calls of their start
	 * and findings of their severity. */
	bool in_order;
	/* What is over is told as soon as it is settled (over.h), and forgotten: the report then
	 * holds only that, until `tell` returns. NULL: all is kept until replay_end. Of one vantage
	 * point. */
	void (*tell)(void *context, const struct report *r);
	void *tell_context;
	/* The calls of a text, too, have numbers when they begin, and are told when they are over;
	 * its tunnels are told at the end. Of one console. */
	bool parts_text;
	/* Captures of several vantage points none of which shows anything of what another shows are
	 * replayed side by side, and told as calls end, or at the end as if they had been compared:
	 * replay_are_apart(). */
	bool are_apart;
	/* With both: the vantage points as they are known so far, to be given back with free(). */
	size_t (*vantages)(void *context, struct vantage **ret);
	/* It is told only when replay_tell() is called, which may be by another thread. */
	bool waits_to_tell;
	/* What a message said, for evidence that is told while steps are not kept (spoken.h); NULL:
	 * nobody asks. */
	void (*say)(void *context, struct text *t, const struct event *e);
	void *say_context;
	/* Where each event went that is more than counted: NULL is of no tunnel, or of no session.
	 * For whoever finds it again (replay_session) instead of keeping the steps. NULL: nobody
	 * asks.
	 */
	void (*placed)(void *context, const struct event *e, const struct tunnel *t,
		       const struct session *s);
	/* That tunnel or session, as placed() had it, is given back now: another one may soon have
	 * its place in memory. */
	void (*forgotten)(void *context, const void *record);
	void *placed_context;
	/* True: somebody waits for the end. What only tells how the steps of several vantage points
	 * belong together is then left out, and the steps too unless they are asked for. NULL:
	 * nobody does. */
	bool (*is_hurried)(void *context);
	bool asks_steps; /* timeline, show, annotate, diagram, ui: the events are kept with them */
	void *hurry_context;
};

/* A vantage point in the report. */
struct view {
	uint16_t vantage, input;
	struct str name; /* console's host name, or the input's name */
	enum role role;  /* where it stands, when known */
	bool is_text;
	const char *dialect; /* of its input: "xl2tpd, pppd"; NULL unknown */
	struct moment first, last;
	const struct clock_jump *jumps;
	size_t n_jumps;
	const char *clock; /* "wall", "no year", "uptime", "none" … */
	double offset_s;   /* added to its times to get the reference clock; 0 for the reference */
	bool has_offset;   /* estimated (or given); false: unrelated to the others */
	/* What its clock gains on the reference in a second, and the time on it for which offset_s
	 * holds; 0: nothing that could be told. */
	double drift;
	int64_t drift_from_ns;
	double residual_s; /* spread of the joined messages around the offset */
	uint32_t joined_messages;
	const struct spoken *spoken; /* the latest messages there: spoken.h */
	struct host_pair *ipsec;     /* hosts that have IPsec between them there */
	size_t n_ipsec;
};

struct report {
	struct arena *arena;
	bool has_file;      /* arena_has_file() of it: who walks through what is there says so */
	struct call *calls; /* in order of start on the reference clock; told ones as over.h says */
	size_t n_calls;
	struct tunnel *tunnels;
	size_t n_tunnels;
	uint64_t calls_told, tunnels_told; /* before these */
	struct call *told_calls;           /* of them, what is remembered (remembered.h) */
	size_t n_told_calls;
	/* The highest numbers: some are missing where two records turned out to be of one. */
	uint64_t last_call, last_tunnel;
	bool is_part;     /* more is told later */
	bool has_numbers; /* calls and tunnels had them when they began */
	struct radius_exchange *radius;
	struct tunnel *links;     /* what carries the calls without tunnel */
	struct finding *findings; /* most severe first */
	size_t n_findings;
	struct arena *steps_at; /* where they and their events are: steps_rest(); NULL: none */
	struct step **steps;    /* all vantages merged in order of aligned time; NULL unless kept */
	size_t n_steps;
	struct view *views;
	size_t n_views;
	uint16_t reference; /* index into views */
	const struct thresholds *thresholds;
	struct moment earliest;            /* of the run, on the reference clock */
	struct defect_note *loose_defects; /* on events of no tunnel */
	struct finding *loose_observed;    /* by watchers, the same */
	uint64_t findings_told;            /* before these */
	bool in_order; /* findings too are in the order in which they are told */
	/* a ceiling was reached: see limit-steps, limit-memory, limit-vantages */
	bool steps_full, memory_full, vantages_full;
	bool (*is_hurried)(void *context); /* as in the options */
	void *hurry_context;
	bool asks_steps;
};

static inline bool report_is_hurried(const struct report *r)
{
	return r->is_hurried && r->is_hurried(r->hurry_context);
}

/* Who walks all steps says so with each, by position: much of them is in a file, and takes memory
 * only while it is looked at. */
void steps_rest(const struct report *r, size_t i);
/* Asked in the same way, now and then: somebody waits, and the walk may end. */
bool steps_are_hurried(const struct report *r, size_t i);

/* One more of what is in the report was looked at (arena_looked). */
static inline void report_looked(const struct report *r)
{
	if (r->has_file)
		arena_looked(r->arena);
}

/* The next one. Of many calls most are in a file, and take memory only while they are looked at:
 * who walks through all of them goes from one to the other so. */
static inline struct call *call_after(const struct report *r, const struct call *c)
{
	report_looked(r);
	return c->next;
}

static inline struct tunnel *tunnel_after(const struct report *r, const struct tunnel *t)
{
	report_looked(r);
	return t->next;
}

static inline struct finding *finding_after(const struct report *r, const struct finding *f)
{
	report_looked(r);
	return f->next;
}

struct replay;

/* False: options.are_apart did not hold, or a clock was set. What was told is to be forgotten. */
bool replay_are_apart(const struct replay *r);

struct replay *replay_new(const struct replay_options *o);
void replay_feed(struct replay *r, const struct event *e);
/* With `waits_to_tell`: enough is over for it to be told; tells it. */
bool replay_is_due(const struct replay *r);
void replay_tell(struct replay *r);
/* A data packet that need not become an event. False: nothing was done, feed its event. */
bool replay_glance(struct replay *r, struct glance *g);
/* False: no glance can be taken now. */
bool replay_wants_glance(const struct replay *r);
/* The same of packets that the source counts by itself (glance_taker.leave, counted). */
bool replay_leave(const struct replay *r, uint16_t vantage, struct glance_leave *ret);
void replay_counted(struct replay *r, const struct glance_lease *newest);
/* `inputs` gives each input's vantages; call once, after the last event. */
/* With `tell`: the report then holds what was not told yet. */
void replay_end(struct replay *r, const struct vantage *vantages, size_t n);
/* Instead, for whoever wants the steps only: no calls, no causes, no findings. */
void replay_end_steps(struct replay *r, const struct vantage *vantages, size_t n);
const struct report *replay_report(const struct replay *r);
void replay_free(struct replay *r);

/* What a record became a part of, as placed() had it; mostly itself. */
const struct tunnel *replay_tunnel(const struct tunnel *t);
const struct session *replay_session(const struct session *s);
/* The next of the records that became a part of it; NULL: that was the last. */
const struct tunnel *replay_half_tunnel(const struct tunnel *t);
const struct session *replay_half_session(const struct session *s);
/* The report's steps are these from now on, which somebody read again; they stay the caller's. */
void replay_set_steps(struct replay *r, struct step **steps, size_t n);

/* While events still come: the calls that began, told ones too; more than there will be where
 * several vantage points tell of one. NULL: none. */
uint64_t replay_calls(const struct replay *r);
/* While events still come, for whoever shows what there is so far. The tunnels and links of the
 * i-th vantage point, also those that became part of another; false when there are not so many. */
bool replay_tunnels(const struct replay *r, size_t i, struct tunnel **ret);
/* The call of a session as far as it is known, without number and cause; `ret` may be NULL. False:
 * no call yet. */
bool call_draft(struct tunnel *t, struct session *s, struct call *ret);

/* A mark's time on the reference clock, in seconds since report.earliest; false if unknown. */
bool report_seconds(const struct report *r, const struct mark *m, double *ret);

#endif

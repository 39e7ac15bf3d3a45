/* One vantage point while it is replayed: its tunnels, sessions and interfaces, and the small
 * steps that every noun's file needs (marks, state changes, notes).
 *
 * `struct live_tunnel` and `struct live_session` are the model's records with what only the
 * replay needs behind them; the report sees the model's part. */
#ifndef L2TPSCOPE_OBSERVER_H
#define L2TPSCOPE_OBSERVER_H

#include "company.h"
#include "ended.h"
#include "known.h"
#include "replay.h"

/* A message whose receiver is not yet known to have it: its machine waits. */
struct awaiting {
	struct awaiting *next;
	struct session *session; /* NULL: a message of the tunnel */
	struct step *step;
	struct mark mark;
	uint16_t message, ns;
	bool has_ns;
};

/* A message ahead of a gap (early.h). */
struct held {
	struct held *next;   /* by Ns */
	struct arena *arena; /* of itself */
	const struct event *event;
	struct step *step;
	bool is_far; /* channel.h */
};

struct watch_memory;  /* watch.c */
struct fresh_session; /* session.c */
struct meter;         /* meter.h */
struct meters;
/* link.h */
struct link_table;
struct link_ends;

/* What one direction's packets travel in. */
struct lane {
	bool is_known;
	uint32_t label, gre_key;
};

/* Where an end is. */
struct place {
	struct address address;
	uint16_t port;
};

/* half_open.h: those of which one end was heard, by when it was heard last. */
struct half {
	struct half *older, *younger;
	struct halves *of; /* NULL: of none */
	bool is_given_up;
};

struct halves {
	struct half *oldest, *youngest;
	size_t n, n_given_up;
};

/* Those of one vantage point: a flood at one, or a recording that begins late, changes nothing of
 * what another one shows. */
struct half_open {
	struct halves tunnels, unasked_tunnels;
	struct halves calls, unasked_calls;
};

struct live_tunnel {
	struct tunnel tunnel;   /* first: a struct tunnel * of the replay is one of these */
	struct channel ways[2]; /* tunnel.way */
	const struct registry *registry; /* captures: where its calls are found */
	struct place at[2];              /* now; the model keeps where they were first */
	struct place asked;              /* where the SCCRQ went */
	struct awaiting *awaiting[2], *awaiting_last[2]; /* [from] */
	struct held *early[2];
	uint64_t request; /* fit.h: request_print() of the SCCRQ */
	uint32_t n_early[2];
	bool has_strays[2];  /* [from]: messages that came far ahead and led nowhere were dropped */
	struct lane lane[2]; /* [from] */
	uint32_t turn;       /* meters that were opened before its last one are closed (meter.h) */
	struct glance_lease *leases; /* of its meters */
	uint64_t l2f_print[2];       /* [from] of its last L2F message, to know a repeat */
	struct moment l2f_when[2];
	bool is_heard[2]; /* anything of that end was seen */
	bool is_turned;   /* a daemon said which of its ends is the LNS (said.c) */
	uint8_t local;    /* text: which end is the console */
	bool is_client;   /* text: the LAC is a router that asked for the call for itself */
	bool is_bound;    /* text: the console's own id is known */
	bool is_closed;   /* a StopCCN was delivered, or the console said so */
	/* text: on a message that it does not name, in a log that begins late */
	struct mark gave_up;
	bool tells_copies; /* text: `O Resend SCCRQ` is printed, not only the delay until it */
	int64_t closed_ns; /* captures: the newest time when it was */
	bool is_unbound;   /* unbound.h */
	uint16_t unbound_in;
	struct tunnel *next_unbound;
	/* captures: calls of which an id is not known, newest first; those that were there apart */
	struct live_session *halves[2];
	struct tunnel *became; /* the record that took this half over */
	struct tunnel *rival;  /* the attempt of the other end that crossed this one */
	uint64_t tie_breaker;  /* AVP 5 of the SCCRQ */
	bool has_tie_breaker;
	struct session *sessions_last;
	struct session *staying; /* while others are settled: those that go on (over.h) … */
	struct session *parted, *parted_last; /* … and, until all are found, those */
	/* text: no session before it waits for the console's own id, or for an interface; NULL: the
	 * first one */
	struct session *may_wait_id, *may_wait_interface;
	enum role initiator;          /* what its calls make of the initiator, once all are seen */
	struct arena *arena;          /* as struct live_session's */
	struct live_tunnel *absorbed; /* likewise */
	struct awaiting *spare;       /* to be used again */
	struct spoken *spoken;        /* spoken.h */
	struct spoken_index *index;   /* likewise */
	struct half half;             /* half_open.h */
	/* of calls that were told: the message that was repeated most, who brought calls, and ids
	 * that were assigned in a row (remembered.h) */
	struct seen told_repeated;
	struct mark told_again, told_brought[2];
	bool told_answered;  /* session_is_answered() of one */
	enum role told_role; /* what they make of the initiator; ROLE_INITIATOR: this and that */
	/* text: the other end's name, while calls are settled and lend it another */
	struct str peer_name;
	bool is_lent;
	uint64_t told_number;
	struct {
		uint32_t last, row, n;
	} ids[2];
	uint32_t entries;   /* the newest of registry.h */
	int64_t settles_ns; /* over.h */
	bool is_over;       /* of those that are settled now */
	bool has_company;   /* sessions of the company of those */
	struct watch_memory *memory;
	struct link_ends *ends; /* of a bare link */
	/* of a PPTP link: the next one between its hosts that lacks the Call ID of the same end
	 * (link.c), and the next one on its control connection */
	struct tunnel *next_without_id[2], *next_of_control;
};

/* What calls of a text have beside. */
struct console_session {
	struct live_session *next_stray;
	struct live_session *next_named, **named_at; /* in observer.named; NULL: not there */
	struct step *first_step;                     /* where a stray's steps begin */
	struct str interface[2];                     /* [LAC] Se0:0, [LNS] Vi4 */
	struct binding *bindings;                    /* all that lead to it */
};
extern const struct console_session session_of_no_console;

struct live_session {
	struct session session; /* first */
	/* each packet, too */
	struct arena *arena; /* of it and of all that it alone points to */
	struct watch_memory *memory;
	struct console_session *console; /* NULL: of a capture */
	struct spoken *spoken;           /* spoken.h */
	bool is_stray;     /* an interface without a tunnel yet: the LAC's own link to a caller */
	bool is_forwarded; /* text: the LAC says that it hands this caller to a tunnel */
	bool is_client;    /* text: the LAC is a router that asked for the call for itself */
	bool is_bound;     /* text: the console's own id is known */
	bool is_named;     /* text: it is, or was, among observer.named */
	bool is_ended;     /* a CDN was delivered, or the console said so */
	bool is_down; /* text: the interface went down after use; what comes next is a new call */
	uint8_t is_heard;              /* a bit for each end of the tunnel */
	struct live_session *absorbed; /* halves that became this one, `absorbed` on */
	/* What follows a call that was told does not have (TOLD_SESSION). */
	struct meter *meters;
	/* of the last packet of each direction, to know a copy by the network */
	uint32_t last_packet[2], last_ms[2];
	uint16_t last_ip_id[2];
	uint32_t entries;   /* the newest of registry.h */
	uint32_t roster_at; /* its place in observer.roster, from 1 (company.h); 0: not there */
	uint32_t ended_at;  /* likewise in observer.ended (over.h) */
	bool is_company;    /* goes on, and may have to do with those */
	/* seldom: roll.h */
	struct live_session *next_half, **half_at; /* NULL: not among the halves */
	struct session *before;                    /* in its tunnel */
	uint64_t place;                            /* its order there */

	struct session *became; /* the record that took this half over */
	/* over.h */
	struct moment told;  /* the other end had its CDN */
	int64_t settles_ns;  /* of those that are settled now */
	struct half half;    /* half_open.h */
	uint64_t *l2f_print; /* [2] of its last L2F messages, to know a repeat; or NULL */
};

/* So much is remembered of a session of a call that was told (remembered.h). */
enum { TOLD_SESSION = offsetof(struct live_session, meters) };

static inline struct live_tunnel *live_tunnel(struct tunnel *t)
{
	return (struct live_tunnel *)t;
}

static inline struct live_session *live_session(struct session *s)
{
	return (struct live_session *)s;
}

/* Never NULL. */
static inline const struct console_session *session_console(const struct session *s)
{
	const struct live_session *ls = (const struct live_session *)s;

	return ls->console ? ls->console : &session_of_no_console;
}

/* The next one, for who walks through all of them: see call_after() (replay.h). */
static inline struct session *session_after(const struct session *s)
{
	arena_looked(((const struct live_session *)s)->arena);
	return s->next;
}

/* text: which session an interface belongs to at the moment (a stray before it has one). */
struct binding {
	struct binding *next;
	struct str interface; /* short form; registry_binding finds it */
	struct session *session;
	struct binding *next_of_session;
};

enum { UNBOUND_LISTS = 1024 }; /* for the tunnels of LIMIT_HALF_OPEN */

/* When one of several vantage points was there. */
struct span_of_view {
	bool is_there;
	uint16_t input;
	struct moment first, last;
	struct half_open half_open;
};

struct observer {
	uint16_t vantage, input;
	struct span_of_view
		*spans; /* options.are_apart: of all by number, LIMIT_VANTAGES; or NULL */
	/* They show the same after all, or their calls would have other numbers, which are given in
	 * order of their starts when all is compared. */
	bool is_apart_in_vain;
	int64_t calls_ns, tunnels_ns; /* when the last one that has a number began */
	bool is_text;
	bool parts;  /* captures, and texts of which it is asked: what over.h does */
	bool leaves; /* and what is over is given back before the end */
	const struct thresholds *thresholds;
	const struct replay_options *options;
	const struct report *report; /* of all vantage points */
	struct text words;           /* of the event `words_of`: spoken.h */
	uint64_t words_of;
	struct spoken *spoken;
	struct arena *arena;
	struct registry *registry;
	struct mirrors *mirrors; /* mirror.h; NULL: none yet */
	struct meters *meters;   /* NULL: none yet */
	struct tunnel *tunnels, *tunnels_last;
	size_t n_tunnels, n_sessions;
	struct fresh_session *fresh; /* text: the next records of calls (session_new()) */
	size_t n_fresh;
	uint64_t n_places; /* roll.h */
	bool is_limited;
	/* reorder.h */
	const struct event *ahead[LIMIT_AHEAD];
	size_t n_ahead;
	struct arena *ahead_arena;
	struct mark stamped; /* text: the last one with a stamp */
	struct tunnel *last_tunnel;
	struct session *last_session; /* text: last created or moved */
	struct binding *bindings;
	struct live_session *strays;
	struct live_session *named;     /* text: calls with a proxy name that may wait for an
					   interface, the last one first */
	uint8_t said_carriers;          /* text: bit per enum carrier that it speaks of */
	struct radius_exchange *radius; /* latest first */
	struct link_table *links;       /* captures: PPP without L2TP, by what carries it */
	struct mark typed;              /* text: the last command that clears calls (operator.h) */
	struct mark aaa_silent;   /* text: where it said last that its AAA server is silent, */
	char aaa_silent_text[96]; /* and how */
	struct mark isdn_call;    /* text: an ISDN call that has no interface yet */
	struct str isdn_interface, isdn_number;
	/* text: where the console was told to open its next tunnel to, and from */
	struct address to_address, own_address;
	struct step *steps, *steps_last;
	size_t n_steps;
	struct moment first, last;
	struct mark latest;       /* the last record that has a time */
	struct clock_jump *jumps; /* LIMIT_CLOCK_JUMPS of them, or NULL */
	size_t n_jumps;
	uint64_t unsure; /* text: event.number of the last record that was damaged or not read */
	struct defect_note *loose_defects;
	struct finding *observed; /* by watchers, on events of no tunnel */
	struct watch_memory *memory;
	/* `parts`: calls and tunnels may leave when they are over (over.h), until `stopped` */
	bool has_stopped;
	struct moment stopped;
	uint64_t calls_begun, tunnels_begun; /* numbers given */
	struct call *told_calls, *told_calls_last;
	struct tunnel *told_tunnels, *told_tunnels_last;
	size_t n_told_calls, n_told_tunnels;
	struct told_id *told_ids;   /* remembered.h; LIMIT_TOLD_IDS of them, or NULL */
	struct half_open half_open; /* without `spans` */
	bool has_absorbed; /* a record became part of another: steps of it are that one's */
	uint64_t n_half_tunnels_dropped, n_half_calls_dropped;
	uint64_t n_strays;      /* early.c: messages of nobody */
	struct lately *lately;  /* lately.h, or NULL */
	struct ended ended;     /* `parts`: calls that have ended, and were not told yet */
	struct roster roster;   /* company.h */
	size_t n_ended;         /* calls and tunnels that may be over soon */
	struct moment looked;   /* when what is over was looked for: over_looked() */
	int64_t look_ns;        /* not again before that */
	int64_t look_anyway_ns; /* then, even if not enough has ended */
	struct tunnel *unbound[UNBOUND_LISTS]; /* unbound.h */
};

/* The end of the input: what is still open is settled, roles that were learned late are named. */
void observer_finish(struct observer *o);
/* The same for what is over (over.h) while the rest goes on. */
void observer_settle(struct observer *o);
/* Where a record of `size` octets is, and all that is known of it: by itself where it leaves, else
 * beside those of others, and in the file that has what is much (arena_within). */
static inline struct arena *observer_record(const struct observer *o, size_t size)
{
	return o->leaves ? arena_child(o->arena, size) : arena_within(o->arena, size);
}
/* Something of that time was recorded. */
void observer_widen_to(struct observer *o, struct moment when);
static inline void observer_widen(struct observer *o, const struct moment *when)
{
	if (moment_known(*when) && moment_known(o->first) && o->first.epoch == when->epoch &&
	    o->last.epoch == when->epoch && when->ns >= o->last.ns && o->last.ns >= o->first.ns)
		o->last = *when; /* as nearly always */
	else
		observer_widen_to(o, *when);
}
/* The same of one of several vantage points; nothing where there is one. */
void observer_span(struct observer *o, uint16_t vantage, uint16_t input, struct moment when);
/* A console's role in all its tunnels, or ROLE_UNKNOWN. */
enum role observer_role(const struct observer *o);

/* What an event does, while it does it. */
struct context {
	struct observer *observer;
	struct arena *arena; /* of what the event belongs to (context_in) */
	const struct event *event;
	struct mark mark;
	struct step *step; /* NULL unless steps are kept */
	/* what became of it, once it is known: for the watchers (watch.h) */
	struct tunnel *tunnel;
	struct session *session;
	unsigned from; /* the tunnel end that sent it */
	enum delivery delivery;
	/* Where the header of the event `of` leads, looked up once (wire.c): to see whether it is
	 * to wait, and when it is taken, right after. It says nothing of another event, and nothing
	 * more once the event is taken, which may move what stands here. */
	struct {
		const struct event *of;
		struct tunnel *tunnel;   /* NULL: it is not the way of an earlier packet */
		struct session *session; /* NULL: nobody looked, or it is not there */
		unsigned end;            /* that the packet goes to */
	} leads;
};

/* What is kept from now on lives as long as that session, tunnel; they give back what it was.
 * A session ends before its tunnel, so nothing of the tunnel may be kept in its session. */
static inline struct arena *context_in_session(struct context *c, const struct session *s)
{
	struct arena *before = c->arena;

	c->arena = ((const struct live_session *)s)->arena;
	return before;
}

static inline struct arena *context_in_tunnel(struct context *c, const struct tunnel *t)
{
	struct arena *before = c->arena;

	c->arena = ((const struct live_tunnel *)t)->arena;
	return before;
}

/* Whose end moves. */
struct end_of {
	enum role who;
	uint16_t protocol;           /* machine_cp and authentication: which, else 0 */
	struct verdict_note **notes; /* where a verdict worth a note is kept; NULL: nowhere */
};

static inline void end_move(struct end *end, struct decision d, bool is_concluded)
{
	if (d.to == SAME_STATE || d.to == end->state)
		return;
	end->state = d.to;
	end->is_doubtful = d.verdict == INFERRED;
	end->is_inferred = is_concluded || end->is_doubtful;
}

/* What is worth a note, or goes into a step. */
void end_step_told(struct context *c, struct end *end, uint8_t event, struct end_of of,
		   bool is_concluded);

/* Moves one end and keeps what came of it: the change on the step, and the verdict. One against a
 * state that was only concluded is not kept. `is_concluded`: the event itself was not seen there.
 */
static inline void end_step(struct context *c, struct end *end, uint8_t event, struct end_of of,
			    bool is_concluded)
{
	struct decision d = {0};

	if (once_is_made(&machines_decided) && !c->step)
		d = machine_decided(end->machine, end->state, event);
	if (d.number && d.verdict < ODD) /* as nearly always, three times a packet */
		end_move(end, d, is_concluded);
	else
		end_step_told(c, end, event, of, is_concluded);
}

/* Takes over a state that was said or that follows; no row. */
void end_adopt(struct context *c, struct end *end, uint8_t state, enum role who, uint16_t protocol,
	       bool is_inferred);
/* A router's word, `claimed`, against the replay. */
void end_disagrees(struct context *c, const struct end *end, uint8_t claimed, enum role who,
		   struct verdict_note **notes);

/* The mark of this event gets what only marks that are kept need: a copy of the stamp for every
 * event would fill the arena. */
void mark_keep_words(struct context *c);
static inline void mark_keep(struct context *c)
{
	const struct event *e = c->event;

	if (e->stamp.len || (e->origin.frame && e->origin.line))
		mark_keep_words(c);
}
/* The mark of this event with its message in short; the second for what has no gist. */
static inline struct mark mark_gist(const struct context *c, enum gist gist, uint8_t number)
{
	struct mark mark = c->mark;

	mark.gist = gist & 127u;
	mark.gist_number = number;
	return mark;
}
struct mark mark_text(struct context *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Sets a mark once. */
static inline void mark_first(struct mark *m, struct mark now)
{
	if (!m->is_set)
		*m = now;
}

/* Of both ends: each other's. */
static inline void mark_swap(struct mark mark[2])
{
	struct mark first = mark[0];

	mark[0] = mark[1];
	mark[1] = first;
}

struct str keep(struct context *c, struct str s); /* copies into the arena */
struct span keep_span(struct context *c, struct span s);

#endif

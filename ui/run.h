/* One run of the program: inputs opened, merged by time, numbered and replayed; what was asked
 * for; where output goes; and the exit status so far. Commands get it whole. */
#ifndef L2TPSCOPE_RUN_H
#define L2TPSCOPE_RUN_H

#include "field.h"
#include "filter.h"
#include "options.h"
#include "source.h"
#include "term.h"
#include "threshold.h"
#include "when.h"

/* One file, of the command line or of a directory or bundle there; origin.input is its index. */
struct input {
	struct str name;
	struct str given; /* of NAME=FILE, also of all members of a NAME=DIRECTORY; or empty */
	const char *path;
	struct str word, member; /* of the command line, and what stands behind it */
	struct source *source;   /* NULL: could not be opened */
	struct event head;       /* the next event, when has_head */
	bool has_head, has_begun, has_ended;
	bool is_preview; /* of the head nothing but its time is known yet */
	uint64_t size;   /* of what a process of --jobs reads; 0: source_size() says it */
	bool has_zone;
	int64_t zone_s;
	/* Its beginning, read ahead to see whether it continues another input. */
	struct arena *ahead_arena;
	const struct event **ahead;
	size_t n_ahead, at_ahead;
	struct rotation *rotation;    /* NULL with one input, and when nothing can go on there */
	struct digest_writer *digest; /* map: what is made of it */
	struct input_vantage {
		bool is_shared;      /* it continues another input: */
		uint16_t own, other; /* its vantage point is called `other` */
		size_t root;         /* and is that of this input */
	} vantage;
};

/* Several captures: does each go on where another ended, or have nothing to do with any other
 * (apart.h)? While that is not known, rows of calls that are over are put aside (shelf.h). */
enum together {
	TOGETHER_UNASKED, /* one input; or they are taken for several vantage points */
	TOGETHER_MAYBE,
	TOGETHER_APART, /* small ones: nothing is told before it is known at the end */
	TOGETHER_YES,   /* one vantage point: nothing that comes later changes what was told */
	TOGETHER_NO,    /* two of them show the same: nothing is read on */
};

/* A finding at one event, for timelines. */
struct evidence_at {
	uint64_t event;
	const struct finding *finding;
};

struct run {
	const struct options *options;
	struct run *beside; /* diff of two recordings: the second one; it prints nothing */
	struct term term;
	struct text line; /* the line of output that is being made */
	struct input *inputs;
	struct parts *parts;      /* reduce: where they come from */
	struct part_writer *part; /* map: where they go to */
	struct jobs *jobs;        /* --jobs */
	struct store *store;      /* -o FILE.sqlite */
	struct str *names;        /* of the inputs, in order */
	size_t n_inputs, inputs_room;
	/* Whose events come next, as long as they are before `until_ns`: all that the other inputs
	 * have to say is on the same clock, and not earlier. */
	struct input_turn {
		bool is_known;
		uint16_t input;
		enum clock_kind kind;
		int64_t until_ns;
		int64_t payload_ns; /* as long may its payload be counted */
	} turn;
	struct secrets *secrets;
	struct replay *replay;
	struct unread *unread; /* log records that nothing read, of a command that LISTS_UNREAD */
	struct reread *reread; /* messages are read again when they are looked at; NULL: kept */
	const struct report *report; /* NULL unless the command needs it */
	struct filter *filter;
	struct pick *pick;       /* check: --ignore, --baseline */
	struct stats *stats;     /* stats: what was told so far */
	struct check_sum *check; /* check: what is told at the end (check_sum.h) */
	struct calls_sum *calls; /* likewise, as tables (calls_sum.h) */
	struct tunnels_sum *tunnels;
	struct window window;
	struct thresholds thresholds;
	struct arena *scratch; /* reset for each object that is shown */
	struct arena *kept;    /* names of inputs: as long as the run */
	struct evidence_at *evidence;
	size_t n_evidence;
	bool *calls_fit; /* by number: a message of the call fits --where; made when asked */
	bool *tunnels_fit;
	/* The calls of tunnel N: tunnel_calls[tunnel_at[N]] up to tunnel_at[N + 1]; made when asked
	 */
	const struct call **tunnel_calls;
	size_t *tunnel_at;
	const struct call *chosen;          /* --call */
	const struct step **steps_by_event; /* sorted by event number */
	int64_t *offsets;                   /* of the inputs, as --offset gives them */
	enum together together;
	struct apart *apart; /* what each of them shows; NULL: nobody asks */
	uint16_t vantages;
	uint64_t events;
	bool has_many_days; /* tables of times show dates */
	bool has_counted_days, has_day;
	int64_t day;          /* of the one that was counted last */
	bool has_told_chosen; /* --call: it was told */
	bool is_feeding;      /* what run_next() gives is replayed */
	bool is_interrupted;
	bool was_interrupted;  /* before the command began */
	bool is_stopped_early; /* while it waited for a pipe: what had come was read to its end */
	bool has_csv_head;
	bool has_begun_rows; /* command.rows was asked: what comes before them is printed */
	bool is_again;       /* the report is there, and run_next() gives its events once more */
	bool is_second_look; /* the inputs are read again: what is wrong with them was told */
	bool has_warned_secrets;
	bool has_read_again; /* because a secret came late */
	bool keeps_all;      /* one call is asked for, whose messages say not all by themselves */
	bool has_consoles;   /* one text, of several: it is read again with all its messages */
	bool keeps_log;      /* a long one, whose calls are told at its end after all */
	struct str console;  /* its name when calls were told first, when has_console */
	bool has_console;
	enum exit_status status;
};

/* The whole life of a command. Returns the exit status. */
enum exit_status run_command(const struct options *o);

/* The replay bit by bit, for a command that LOADS_ITSELF and shows what there is so far:
 * run_load() until it is false, when all is read, and then run_load_end(). Before that is done the
 * report holds nothing, and replay_tunnels() tells what the replay has. run_load_end() may be
 * called in another thread, as long as nobody looks at the replay meanwhile. False: a secret came
 * late, or messages are needed after all; after run_load_again() all is to be read once more. */
enum { RUN_ALL = 0 };
void run_load_begin(struct run *r);
bool run_load(struct run *r, unsigned milliseconds);
/* What is over is to be settled now, before more is read (run_load() is true): as run_load_end().
 */
bool run_settles(const struct run *r);
void run_settle(struct run *r);
bool run_load_end(struct run *r);
void run_load_again(struct run *r);
/* The report's steps are these from now on: reread.h. */
void run_steps_are(struct run *r, struct step **steps, size_t n);
/* Who walks all calls or findings says so with each, by number: what was told takes memory only
 * while it is looked at (told.h). */
void run_rest(const struct run *r, size_t i);
/* All of it at once. */
void run_load_all(struct run *r);
/* Of what was loaded nothing is left. */
void run_forget_report(struct run *r);
/* For a command that shows each event as it comes: the secrets that inputs tell are known before.
 */
void run_learn_first(struct run *r);
/* How this run replays. */
struct replay_options;
struct replay_options run_replay_options(struct run *r);

/* The report of `n` events takes the place of the one before, and so its steps and findings. */
void run_replay(struct run *r, const struct event *const *events, size_t n);
/* Ctrl-C or SIGTERM came. */
bool run_is_interrupted(struct run *r);
/* Likewise, since the command has begun: what was read until then is told whole, and what is being
 * told ends here. */
bool run_is_cut_off(struct run *r);
/* Of a run that was stopped there is no file: nothing need be made for it. */
bool run_is_for_nothing(const struct run *r);

/* Streaming: the next event of all inputs, by time. False at the end, or when interrupted. */
bool run_next(struct run *r, struct event *ret);

/* glance_taker.take, of the inputs of a run. */
bool run_wants_glance(const void *self);
bool run_glance(void *self, struct glance *g);
/* Likewise is_turn, leave and counted. */
bool run_is_turn(const void *self, const struct glance *g);
bool run_leave(const void *self, const struct vantage *v, struct glance_leave *ret);
void run_counted(void *self, const struct glance_lease *newest);

/* `{"type":"run"…}`: before the first object; done by run_command unless the command streams. */
void run_print_json_head(struct run *r);
/* What stands before the first row, once. */
void run_begin_rows(struct run *r);
/* Prints the JSON line that is being made. */
void run_print_json(struct run *r);

/* What getters and filters are asked with; resets the scratch arena. */
struct subject run_subject(struct run *r);

/* --call, --tunnel, --since, --until and --where together. */
bool run_shows_call(struct run *r, const struct call *c);
bool run_shows_tunnel(struct run *r, const struct tunnel *t);
/* The same of one without calls, which no other record decides. */
bool run_shows_bare_tunnel(struct run *r, const struct tunnel *t);
/* False, and a word about it, where --call or --tunnel names what was not found. */
bool run_has_numbered(struct run *r);
/* The call that --call names, if the report holds it: of what was told, only what is told now. */
const struct call *run_find_chosen(const struct run *r);
/* The same of one call. */
const struct call *run_call_numbered(const struct run *r, uint64_t number);
/* All calls in a tunnel, with those that have a leg there; with two of them, twice in a row. */
const struct call *const *run_tunnel_calls(struct run *r, const struct tunnel *t, size_t *ret_n);
bool run_shows_finding(struct run *r, const struct finding *f);
bool run_shows_step(struct run *r, const struct step *s);
bool run_shows_event(struct run *r, const struct event *e);

/* The call and the tunnel of a step, also when it was joined into another; or NULL. */
const struct call *step_call(const struct step *s);
const struct tunnel *step_tunnel(const struct step *s);
struct moment run_step_time(const struct run *r, const struct step *s);

/* The sighting of a joined message that tells most. */
const struct event *step_fullest(const struct step *s);

/* Findings whose evidence is this event: the first and how many follow. */
size_t run_findings_at(const struct run *r, uint64_t event, const struct evidence_at **ret);

/* The step of an event, or NULL. */
const struct step *run_step_of(const struct run *r, uint64_t event);

/* Raises the exit status of the run to `s` unless a graver one is set. */
void run_raise(struct run *r, enum exit_status s);
/* One line to standard error, unless --quiet. */
void run_warn(const struct run *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Likewise, also with --quiet: why the exit status is 2 or more. */
void run_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says once that verbatim output holds secrets. */
void run_warn_secrets(struct run *r);

#endif

/* The messages of a large capture are not kept: where they stand is (places.h), and those of a call
 * or tunnel that somebody looks at are read again from the input. Nor is what was told while it was
 * read (told.h).
 *
 * The model, the lists and the findings are of the one replay of the whole input. For the steps of
 * what is looked at, its messages and the control messages of its tunnels are decoded again and
 * replayed by themselves; each step then names the tunnel and session of the first replay, or, of a
 * call that was told, the session that it has now again. Until something else is looked at these
 * are the steps of the report, so that every command and every screen finds them as if they had
 * been kept. */
#ifndef L2TPSCOPE_REREAD_H
#define L2TPSCOPE_REREAD_H

#include <stdatomic.h>

#include "run.h"

struct replay_options;

/* NULL: the inputs are such that messages are kept: texts, several, small ones, pipes. */
struct reread *reread_new(struct run *r);
void reread_free(struct reread *x);
/* What the replay of the whole is told: to note, and not to keep. */
void reread_prepare(struct reread *x, struct replay_options *o);
/* It is read from its beginning once more. */
void reread_begin(struct reread *x);
/* All is read: the report of the whole. */
const struct report *reread_report(struct reread *x, const struct report *last);
void reread_set_steps(struct reread *x, struct step **steps, size_t n);

/* While all is read: what was told so far; NULL: nothing is. */
const struct told *reread_told(const struct reread *x);
/* Sessions that are no more although they were not told, since this was asked last. */
bool reread_is_forgotten(const struct reread *x, const struct session *s);
bool reread_has_forgotten(const struct reread *x);
void reread_forgotten_seen(struct reread *x);

/* What is looked at: calls with all that belongs to them, or a tunnel with its calls; with neither
 * only the event. */
struct reread_what {
	const struct call *const *calls;
	size_t n_calls;
	const struct tunnel *tunnel;
	uint64_t event; /* of no tunnel, for a finding; 0: none */
	bool is_whole;  /* all its messages or none */
};

/* The report's steps are those, once more or still; they stay where they are until
 * reread_forget(). False: not all that was asked for could be read. */
bool reread(struct reread *x, const struct reread_what *what);
void reread_forget(struct reread *x);

/* The same in parts, for who has something else to do meanwhile: is it there already? It is read,
 * perhaps by another thread, while nobody else reads or asks reread_*_fits; `progress` is what was
 * read and what is to be read. `stop` makes it return soon: NULL. Then it is taken. */
struct reading;
struct reading_progress {
	atomic_size_t done, all;
	atomic_bool stop;
	bool ends_with_run; /* Ctrl-C from now on: what was read by then is all */
};
void reread_expect(struct reread *x); /* before that, where nobody else reads */
bool reread_is_there(const struct reread *x, const struct reread_what *what);
struct reading *reread_make(struct reread *x, const struct reread_what *what,
			    struct reading_progress *progress);
bool reread_take(struct reread *x, struct reading *g);
void reading_free(struct reading *g);

/* Does the filter of the run fit a message of it? */
bool reread_call_fits(struct reread *x, const struct call *c);
bool reread_tunnel_fits(struct reread *x, const struct tunnel *t);

#endif

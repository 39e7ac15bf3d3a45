#include "tui_read.h"

#include <stdlib.h>
#include <time.h>

#include "limits.h"
#include "reread.h"
#include "tui_thread.h"

struct tui_reader {
	struct reread *reread;
	pthread_t thread;
	bool is_running, is_left;
	atomic_bool is_over;
	struct reading_progress progress;
	struct tui_what what;
	struct reading *reading;
};

static struct reread_what what_of(const struct tui_what *w)
{
	return (struct reread_what){w->calls, w->n_calls, w->tunnel, w->event, false};
}

/* It need not be read, or was. */
static bool tui_reader_has(const struct tui *t, const struct tui_what *what)
{
	struct reread_what w = what_of(what);

	return t->run->reread == NULL || t->is_loading ||
	       (w.n_calls == 0 && w.tunnel == NULL && w.event == 0) ||
	       reread_is_there(t->run->reread, &w);
}

/* ---- reading ---- */

static void *read_it(void *of)
{
	struct tui_reader *r = of;
	struct reread_what w = what_of(&r->what);

	r->reading = reread_make(r->reread, &w, &r->progress);
	atomic_store(&r->is_over, true);
	return NULL;
}

bool tui_reader_start(struct tui *t, const struct tui_what *what)
{
	struct tui_reader *r = t->reader;

	if (r == NULL) {
		r = t->reader = must_alloc(1, sizeof(*r));
		memset(r, 0, sizeof(*r));
	}
	if (tui_reader_is_busy(t))
		return false;
	reading_free(r->reading);
	*r = (struct tui_reader){.reread = t->run->reread, .what = *what, .is_running = true};
	reread_expect(r->reread);
	if (!tui_thread_start(&r->thread, read_it, r)) {
		read_it(r);
		r->is_running = false;
	}
	return true;
}

bool tui_reader_wait(void)
{
	enum { GLANCE_MS = 2 };

	nanosleep(&(struct timespec){.tv_nsec = GLANCE_MS * 1000000L}, NULL);
	return true;
}

bool tui_reader_reads(const struct tui *t, const struct tui_what *what)
{
	const struct tui_reader *r = t->reader;

	return r != NULL && !r->is_left && (r->is_running || r->reading != NULL) &&
	       r->what.n_calls == what->n_calls && r->what.calls[0] == what->calls[0] &&
	       r->what.calls[1] == what->calls[1] && r->what.tunnel == what->tunnel &&
	       r->what.event == what->event;
}

static void end(struct tui_reader *r)
{
	pthread_join(r->thread, NULL);
	r->is_running = false;
	if (!r->is_left)
		return;
	reading_free(r->reading);
	r->reading = NULL;
}

bool tui_reader_is_busy(struct tui *t)
{
	struct tui_reader *r = t->reader;

	if (r == NULL || !r->is_running)
		return false;
	if (!atomic_load(&r->is_over))
		return true;
	end(r);
	return false;
}

bool tui_reader_take(struct tui *t)
{
	struct reading *g = t->reader->reading;

	t->reader->reading = NULL;
	return g != NULL && reread_take(t->run->reread, g);
}

void tui_reader_leave(struct tui *t)
{
	struct tui_reader *r = t->reader;

	if (r == NULL || !r->is_running)
		return;
	r->is_left = true;
	atomic_store(&r->progress.stop, true);
}

/* Messages that were read, and all of them. */
static void tui_reader_progress(const struct tui *t, size_t *ret_done, size_t *ret_all)
{
	*ret_done = atomic_load(&t->reader->progress.done);
	*ret_all = atomic_load(&t->reader->progress.all);
}

void tui_reader_free(struct tui *t)
{
	if (t->reader == NULL)
		return;
	tui_reader_leave(t);
	if (t->reader->is_running)
		end(t->reader);
	reading_free(t->reader->reading);
	free(t->reader);
	t->reader = NULL;
}

/* ---- the screen meanwhile ---- */

enum { AT_ONCE_MS = 20 };

struct waiting {
	struct screen screen;
	struct tui_what what;
	enum action action;
	struct tui_here here;
	void (*open)(struct tui *t, enum action a, const struct tui_here *here);
	bool is_started, is_over;
};

static void take(struct tui *t)
{
	if (!tui_reader_take(t))
		tui_say(t, STYLE_WARN, "not all messages are shown: those beyond %d are left out",
			LIMIT_REREAD);
}

static bool work(struct screen *s, int64_t until)
{
	struct waiting *w = (struct waiting *)s;
	struct waiting kept;
	struct tui *t = s->tui;

	(void)until;
	if (!w->is_started)
		w->is_started = tui_reader_start(t, &w->what);
	if (!w->is_started || tui_reader_is_busy(t))
		return tui_reader_wait();
	w->is_over = true;
	kept = *w;
	tui_pop(t);
	take(t);
	kept.open(t, kept.action, &kept.here);
	t->is_new = true;
	return true;
}

static size_t rows(struct screen *s)
{
	(void)s;
	return 0;
}

static void title(struct screen *s, struct text *t)
{
	const struct waiting *w = (const struct waiting *)s;
	size_t done = 0, all = 0;

	if (w->is_started)
		tui_reader_progress(s->tui, &done, &all);
	text_printf(t, "%zu of %zu messages", done, all);
}

static void close_waiting(struct screen *s)
{
	if (!((struct waiting *)s)->is_over)
		tui_reader_leave(s->tui);
	free(s);
}

static const struct screen_class class = {
	.name = "reading",
	.on = ON_TEXT,
	.title = title,
	.rows = rows,
	.work = work,
	.close = close_waiting,
};

/* Few messages are there before anybody sees that they were read. */
static bool read_at_once(struct tui *t, const struct tui_what *what, bool *ret_started)
{
	int64_t until = tui_now() + AT_ONCE_MS;

	*ret_started = tui_reader_reads(t, what);
	if (!*ret_started)
		tui_reader_leave(t);
	while (!*ret_started && tui_now() < until) {
		*ret_started = tui_reader_start(t, what);
		if (!*ret_started)
			tui_reader_wait();
	}
	while (tui_reader_is_busy(t) && tui_now() < until)
		tui_reader_wait();
	return *ret_started && !tui_reader_is_busy(t);
}

void tui_read_and_open(struct tui *t, const struct tui_what *what, enum action a,
		       const struct tui_here *here,
		       void (*open)(struct tui *t, enum action a, const struct tui_here *here))
{
	struct waiting *w;
	bool is_started = false;

	if (!tui_reader_has(t, what)) {
		if (!read_at_once(t, what, &is_started)) {
			w = must_alloc(1, sizeof(*w));
			*w = (struct waiting){.screen = {.class = &class},
					      .what = *what,
					      .action = a,
					      .here = *here,
					      .open = open,
					      .is_started = is_started};
			tui_push(t, &w->screen);
			return;
		}
		take(t);
	}
	open(t, a, here);
}

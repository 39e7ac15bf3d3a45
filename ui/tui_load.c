/* Reading while keys are answered: bit by bit as long as there are records; what became of what is
 * over, and of it all, is worked out by another thread, which alone has the model meanwhile. */
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"
#include "tui.h"
#include "tui_thread.h"

/* Milliseconds of reading between two looks for a key, and between two lists of the calls so far.
 */
enum { READ_MS = 10, LIST_MS = 150, GLANCE_MS = 2, AT_ONCE_MS = 40 };

struct tui_load {
	struct tui *tui;
	pthread_t thread;
	atomic_bool is_over;
	bool is_settling; /* what is over; else all is read */
	bool is_whole;    /* what run_load_end() said */
	int64_t listed;
};

/* Below 0: nobody knows, as of a pipe, or of what is unpacked while it is read. */
static double part_read(const struct run *r)
{
	uint64_t done, all;

	progress_octets(r, &done, &all);
	return all == 0 ? -1 : (double)done / (double)all;
}

/* Standard error is behind the screens. */
static void say_unread(struct tui *t)
{
	const struct run *r = t->run;
	size_t first = 0, n = 0;

	for (size_t i = r->n_inputs; i > 0; i--) {
		if (r->inputs[i - 1].source != NULL)
			continue;
		first = i - 1;
		n++;
	}
	if (n == 1)
		tui_say(t, STYLE_BAD, "%.*s could not be read", STR_ARG(r->names[first]));
	else if (n > 1)
		tui_say(t, STYLE_BAD, "%zu inputs could not be read: %.*s and others", n,
			STR_ARG(r->names[first]));
}

void tui_load_begin(struct tui *t)
{
	t->load = must_alloc(1, sizeof(*t->load));
	*t->load = (struct tui_load){.tui = t};
	t->is_loading = true;
	say_unread(t);
}

/* ---- settling and concluding ---- */

static void *conclude(void *of)
{
	struct tui_load *l = of;

	if (l->is_settling)
		run_settle(l->tui->run);
	else
		l->is_whole = run_load_end(l->tui->run);
	atomic_store(&l->is_over, true);
	return NULL;
}

static void concluded(struct tui_load *l)
{
	struct tui *t = l->tui;

	t->is_concluding = false;
	if (l->is_settling) {
		tui_calls_told(t->calls);
		return;
	}
	if (!l->is_whole) {
		run_load_again(t->run);
		return;
	}
	t->is_loading = false;
	t->run->has_counted_days = false;
	tui_refresh(t);
	t->is_new = true;
}

/* Rows around the cursor that can be seen meanwhile: of what is soon over a few screens. */
enum { AROUND = 500, AROUND_SOON = 100 };

static void start_concluding(struct tui_load *l, bool is_settling)
{
	struct tui *t = l->tui;

	t->loaded = is_settling ? t->loaded : 1;
	tui_calls_hold(t->calls, is_settling ? AROUND_SOON : AROUND);
	t->is_concluding = true;
	l->is_settling = is_settling;
	atomic_store(&l->is_over, false);
	if (!tui_thread_start(&l->thread, conclude, l)) {
		conclude(l);
		concluded(l);
	}
}

static void conclude_on(struct tui_load *l)
{
	if (!atomic_load(&l->is_over)) {
		nanosleep(&(struct timespec){.tv_nsec = GLANCE_MS * 1000000L}, NULL);
		return;
	}
	pthread_join(l->thread, NULL);
	concluded(l);
}

/* Of few records it is over before anybody could press a key. */
static void conclude_at_once(struct tui_load *l)
{
	int64_t until = tui_now() + AT_ONCE_MS;

	start_concluding(l, false);
	while (l->tui->is_concluding && tui_now() < until)
		conclude_on(l);
}

/* ---- reading ---- */

/* A list of the calls so far must not cost more than the reading. */
static void list_so_far(struct tui_load *l)
{
	struct tui *t = l->tui;
	int64_t start = tui_now();
	bool was_empty = screen_rows(t->calls) == 0;

	if (!was_empty && start < l->listed + LIST_MS)
		return;
	t->loaded = part_read(t->run);
	t->run->has_counted_days = false;
	t->calls->class->refresh(t->calls);
	l->listed = tui_now() + (tui_now() - start) * 4;
	t->is_new = was_empty && screen_rows(t->calls) > 0;
}

bool tui_load(struct tui *t)
{
	struct tui_load *l = t->load;

	if (!t->is_concluding) {
		if (!run_load(t->run, READ_MS))
			conclude_at_once(l);
		else if (run_settles(t->run))
			start_concluding(l, true);
		else
			list_so_far(l);
	} else {
		conclude_on(l);
	}
	return true;
}

/* Who leaves meanwhile does not wait for what nobody will see; all there is goes with the process.
 */
void tui_load_end(struct tui *t)
{
	if (t->is_concluding)
		_exit(STATUS_DONE);
	free(t->load);
	t->load = NULL;
}

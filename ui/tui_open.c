/* Which screen a key opens, about what the cursor is on. */
#include <inttypes.h>

#include "command.h"
#include "limits.h"
#include "reread.h"
#include "tui_read.h"
#include "tui_save.h"

/* What the cursor is on, as far as it is known. */
static struct tui_here here_of(struct screen *s)
{
	struct tui_here h = {0};

	if (s->at >= screen_rows(s))
		return h;
	if (s->class->call != NULL)
		h.call = s->class->call(s, s->at);
	if (s->class->tunnel != NULL)
		h.tunnel = s->class->tunnel(s, s->at);
	if (s->class->event != NULL)
		h.event = s->class->event(s, s->at);
	return h;
}

static bool read_again(struct tui *t, const struct reread_what *what)
{
	bool is_whole = t->run->reread == NULL || t->is_loading || reread(t->run->reread, what);

	if (!is_whole)
		tui_say(t, STYLE_WARN, "not all messages are shown: those beyond %d are left out",
			LIMIT_REREAD);
	return is_whole;
}

bool tui_read(struct tui *t, const struct call *c, const struct tunnel *n, uint64_t event)
{
	const struct call *calls[1] = {c};

	if (c != NULL)
		return read_again(t, &(struct reread_what){.calls = calls, .n_calls = 1});
	if (n != NULL)
		return read_again(t, &(struct reread_what){.tunnel = n});
	return event == 0 || read_again(t, &(struct reread_what){.event = event});
}

bool tui_read_calls(struct tui *t, const struct call *const *calls, size_t n)
{
	return read_again(t, &(struct reread_what){.calls = calls, .n_calls = n});
}

static bool open_ladder(struct tui *t, const struct tui_here *h)
{
	if (h->call == NULL && h->tunnel == NULL)
		return false;
	tui_open_ladder(t, h->call, h->call == NULL ? h->tunnel : NULL);
	if (h->event != 0)
		tui_ladder_go(t->screen, h->event);
	return true;
}

static void open_statistics(struct tui *t)
{
	struct options o = t->options;

	o.call = o.tunnel = 0;
	tui_open_command(t, &command_stats, &o, (struct tui_about){0}, STR("statistics"));
}

static void open_diff(struct tui *t)
{
	struct options o = t->options;
	const struct call *two[2];
	size_t n = tui_selected(t, two);

	if (n != 2) {
		tui_say(t, STYLE_NOTE, "%zu calls are selected: two can be compared", n);
		return;
	}
	o.call = o.tunnel = 0;
	o.pair.number[0] = two[0]->number;
	o.pair.number[1] = two[1]->number;
	tui_open_command(t, &command_diff, &o,
			 (struct tui_about){.calls = {two[0], two[1]}, .n_calls = 2},
			 arena_printf(t->run->kept, "call %" PRIu64 " and call %" PRIu64,
				      two[0]->number, two[1]->number));
}

static bool open_about(struct tui *t, enum action a, const struct tui_here *h)
{
	switch (a) {
	case ACTION_LADDER:
	case ACTION_ENTER:
		return open_ladder(t, h);
	case ACTION_DETAILS:
		if (h->call != NULL)
			tui_open_call(t, h->call);
		else if (h->tunnel != NULL)
			tui_open_tunnel(t, h->tunnel);
		return h->call != NULL || h->tunnel != NULL;
	case ACTION_CALL_FINDINGS:
		if (h->call != NULL)
			tui_open_findings(t, h->call);
		return h->call != NULL;
	case ACTION_BARS:
		if (h->call != NULL)
			tui_open_bars(t, h->call);
		return h->call != NULL;
	case ACTION_DIFF:
		open_diff(t);
		return true;
	case ACTION_LOG:
		tui_open_log(t, h->call, h->tunnel, h->event);
		return true;
	case ACTION_TUNNELS:
		tui_open_tunnels(t);
		return true;
	case ACTION_FINDINGS:
		tui_open_findings(t, NULL);
		return true;
	case ACTION_STATISTICS:
		open_statistics(t);
		return true;
	case ACTION_SAVE:
		tui_save_open(t, h->call);
		return true;
	default:
		return false;
	}
}

/* Whose messages the screen looks at that the key opens. */
static struct tui_what what_for(struct tui *t, enum action a, const struct tui_here *h)
{
	struct tui_what w = {0};

	switch (a) {
	case ACTION_DIFF:
		w.n_calls = tui_selected(t, w.calls);
		return w.n_calls == 2 ? w : (struct tui_what){0};
	case ACTION_LOG:
	case ACTION_LADDER:
	case ACTION_ENTER:
	case ACTION_DETAILS:
	case ACTION_BARS:
		break;
	default:
		return w;
	}
	if (h->call != NULL)
		w = (struct tui_what){.calls = {h->call}, .n_calls = 1};
	else if (a == ACTION_BARS)
		return w;
	else if (h->tunnel != NULL)
		w.tunnel = h->tunnel;
	else if (a == ACTION_LOG)
		w.event = h->event;
	return w;
}

static void open_here(struct tui *t, enum action a, const struct tui_here *h)
{
	if (!open_about(t, a, h))
		tui_say(t, STYLE_NOTE, "nothing to open here");
}

static void open_call(struct tui *t, enum action a, const struct tui_here *h)
{
	(void)a;
	tui_open_ladder(t, h->call, NULL);
}

void tui_enter_call(struct tui *t, const struct call *c)
{
	struct tui_here h = {.call = c};
	struct tui_what what = what_for(t, ACTION_LADDER, &h);

	tui_read_and_open(t, &what, ACTION_LADDER, &h, open_call);
}

void tui_open(struct tui *t, enum action a)
{
	struct tui_what what;
	struct tui_here h;

	/* what became of a call is known when all is read */
	if (t->is_loading) {
		t->asked_for = a;
		tui_say(t, STYLE_NOTE,
			"still reading: %s opens when all is read, unless another key comes",
			action_row(a)->name);
		return;
	}
	h = here_of(t->screen);
	what = what_for(t, a, &h);
	tui_read_and_open(t, &what, a, &h, open_here);
}

void tui_open_asked(struct tui *t)
{
	enum action a = t->asked_for;

	t->asked_for = ACTION_NONE;
	if (a == ACTION_NONE || t->screen != t->calls)
		return;
	text_clear(&t->message);
	tui_open(t, a);
}

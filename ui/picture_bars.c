#include "picture_bars.h"

enum { BAR_WIDTH = 4, BAR_STEP = 5 };

struct str bar_name(const struct ladder_state *s)
{
	static const struct {
		const char *machine, *name;
	} names[] = {
		{"tunnel", "tunnel"},
		{"l2f-nas-tunnel", "tunnel"},
		{"l2f-hgw-tunnel", "tunnel"},
		{"session", "session"},
		{"l2f", "client"},
		{"link", "PPP"},
		{"auth", "auth"},
		{"pppoe", "PPPoE"},
		{"pptp-call", "call"},
		{"pptp", "control"},
	};
	const char *protocol = s->protocol == 0 ? NULL : code_name(CODE_PPP_PROTOCOL, s->protocol);
	struct str machine = str_of(s->machine->name);

	if (protocol != NULL)
		return str_of(protocol);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_starts(machine, names[i].machine))
			return str_of(names[i].name);
	}
	return machine;
}

enum ink bar_ink(const struct machine *m, uint8_t state)
{
	static const char *const open[] = {"established", "Opened",  "network",
					   "accepted",    "session", "open"};
	struct str name = str_of(machine_state_name(m, state));

	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		if (str_is(name, open[i]))
			return INK_OPEN;
	}
	if (str_is(name, "rejected"))
		return INK_FAILED;
	return state == 0 || state == m->first || state == m->last || str_is(name, "Closed")
		       ? INK_IDLE
		       : INK_BUSY;
}

static struct bar *find(struct bars *b, const struct ladder_state *s)
{
	struct str name = bar_name(s);

	for (size_t i = 0; i < b->n; i++) {
		if (str_equal(b->at[i].name, name))
			return &b->at[i];
	}
	return NULL;
}

void bars_know(struct bars *b, const struct ladder_state *s)
{
	if (find(b, s) == NULL && b->n < BARS)
		b->at[b->n++] = (struct bar){.name = bar_name(s)};
}

static void draw(const struct bars *b, const struct bar *bar, double x, double y, struct page *back)
{
	double left = x - bars_half(b) + (double)(bar - b->at) * BAR_STEP + 1;

	if (!bar->is_on || y <= bar->since)
		return;
	page_add(back, (struct mark_on_page){.shape = SHAPE_RECT,
					     .ink = bar->ink,
					     .x = left,
					     .y = bar->since,
					     .x2 = BAR_WIDTH,
					     .y2 = y - bar->since});
}

void bars_change(struct bars *b, const struct ladder_state *s, double x, double y,
		 struct page *back)
{
	struct bar *bar = find(b, s);

	if (bar == NULL)
		return;
	draw(b, bar, x, y, back);
	bar->is_on = true;
	bar->ink = bar_ink(s->machine, s->after);
	bar->since = y;
}

void bars_end_page(struct bars *b, double x, double y, double next, struct page *back)
{
	for (size_t i = 0; i < b->n; i++) {
		draw(b, &b->at[i], x, y, back);
		b->at[i].since = next;
	}
}

double bars_half(const struct bars *b)
{
	return (double)b->n * BAR_STEP / 2 + 1;
}

/* The control connections, as `tunnels` lists them. */
#include <inttypes.h>
#include <stdlib.h>

#include "cmd_common.h"
#include "tui_alias.h"
#include "tui_brief.h"

struct tunnels {
	struct screen screen;
	const struct tunnel **rows;
	size_t n;
	const struct tunnel *next; /* that is looked at; NULL: all were */
	struct tui_brief brief;
};

/* What stands in a column, and how wide it is. */
static const struct {
	const char *title, *key;
	size_t width;
} columns[] = {
	{"tunnel", "id", 6},
	{"initiator", "initiator", 28},
	{"responder", "responder", 28},
	{"calls", "sessions", 5},
	{"outcome", "outcome", 7},
	{"cause", "cause", 21},
	{"by", "ended_by", 9},
	{"start", "start", 14},
	{"resent", "retransmissions", 6},
	{"auth", "auth.result", 7},
};

enum { N_COLUMNS = sizeof(columns) / sizeof(columns[0]), WIDE = 120, NARROW_PEER = 14 };

static bool is_peer(size_t k)
{
	return strcmp(columns[k].key, "initiator") == 0 || strcmp(columns[k].key, "responder") == 0;
}

static size_t width_of(const struct tui *t, size_t k)
{
	return is_peer(k) && t->canvas->columns < WIDE ? NARROW_PEER : columns[k].width;
}

static bool work(struct screen *s, int64_t until)
{
	struct tunnels *l = (struct tunnels *)s;
	struct run *r = s->tui->run;
	size_t unlooked = tui_unlooked(s->tui);

	if (l->next == NULL)
		return false;
	for (size_t i = 1; l->next != NULL; i++, l->next = l->next->next) {
		if (i % unlooked == 0 && tui_now() >= until)
			break;
		if (l->n < r->report->n_tunnels && run_shows_tunnel(r, l->next))
			l->rows[l->n++] = l->next;
	}
	s->tui->is_new = l->next == NULL;
	return true;
}

static void refresh(struct screen *s)
{
	struct tunnels *l = (struct tunnels *)s;
	const struct report *r = s->tui->run->report;

	tui_brief_free(&l->brief);
	free(l->rows);
	l->rows = must_alloc(r->n_tunnels + 1, sizeof(*l->rows));
	l->n = 0;
	l->next = r->tunnels;
	work(s, tui_now());
}

static size_t rows(struct screen *s)
{
	return ((struct tunnels *)s)->n;
}

static void write_peer(struct text *t, const struct peer *p)
{
	text_escape(t, p->name);
	if (p->tunnel_id != 0)
		text_printf(t, "%s%" PRIu32, t->len > 0 ? " " : "", p->tunnel_id);
	if (p->address.family != 0) {
		text_puts(t, t->len > 0 ? " " : "");
		address_print(t, &p->address);
	}
}

static void write_cell(struct tui *t, struct text *cell, const struct tunnel *n, size_t k)
{
	struct run *r = t->run;
	struct subject s = run_subject(r);

	s.tunnel = n;
	if (strcmp(columns[k].key, "initiator") == 0)
		write_peer(cell, &n->peer[INITIATOR]);
	else if (strcmp(columns[k].key, "responder") == 0)
		write_peer(cell, &n->peer[RESPONDER]);
	else if (strcmp(columns[k].key, "start") == 0)
		text_add(cell, common_start(r, &n->start));
	else
		text_add(cell, common_field(r, &field_tunnels, &s, columns[k].key));
	if (cell->len == 0)
		text_putc(cell, '-');
}

static int worst_of(const struct tunnel *n)
{
	int worst = -1;

	for (const struct finding_link *f = n->findings; f != NULL; f = f->next)
		worst = (int)f->finding->severity > worst ? (int)f->finding->severity : worst;
	return worst;
}

static int severity(struct screen *s, size_t row)
{
	return worst_of(((struct tunnels *)s)->rows[row]);
}

static void line(struct screen *s, size_t row, struct text *t)
{
	static const char *const colors[] = {"\033[36m", "\033[33m", "\033[31m"};
	static const char letters[] = {'n', 'w', 'E'};
	const struct tunnel *n = ((struct tunnels *)s)->rows[row];
	struct text cell = text_make(TUI_LINE);
	int worst = worst_of(n);
	size_t at = 4;

	text_printf(t, "%s %c", worst < 0 ? "" : colors[worst], worst < 0 ? ' ' : letters[worst]);
	for (size_t k = 0; k < N_COLUMNS; k++) {
		text_clear(&cell);
		write_cell(s->tui, &cell, n, k);
		tui_alias_put(s->tui, &cell, 0);
		text_printf(t, "\033[%zuG", at);
		screen_cell(t, text_str(&cell), width_of(s->tui, k));
		at += width_of(s->tui, k) + 2;
	}
	text_free(&cell);
}

static void head(struct screen *s, struct text *t)
{
	size_t at = 4;

	for (size_t k = 0; k < N_COLUMNS; k++) {
		text_printf(t, "\033[%zuG%s", at, columns[k].title);
		at += width_of(s->tui, k) + 2;
	}
}

static struct area frame(struct screen *s, struct canvas *c, struct area a)
{
	struct tunnels *l = (struct tunnels *)s;

	if (l->n == 0)
		return a;
	return tui_brief_frame(&l->brief, s->tui, c, a,
			       (struct brief_of){.tunnel = s->at < l->n ? l->rows[s->at] : NULL,
						 .n_rows = l->n + 2});
}

static void title(struct screen *s, struct text *t)
{
	text_printf(t, "%zu", ((struct tunnels *)s)->n);
}

static const struct tunnel *tunnel(struct screen *s, size_t row)
{
	return ((struct tunnels *)s)->rows[row];
}

static uint64_t event(struct screen *s, size_t row)
{
	return mark_number(&((struct tunnels *)s)->rows[row]->first);
}

static size_t numbered(struct screen *s, uint64_t number)
{
	const struct tunnels *l = (const struct tunnels *)s;

	for (size_t i = 0; i < l->n; i++) {
		if (l->rows[i]->number == number)
			return i;
	}
	return SIZE_MAX;
}

static void close_tunnels(struct screen *s)
{
	struct tunnels *l = (struct tunnels *)s;

	tui_brief_free(&l->brief);
	free(l->rows);
	free(l);
}

static const struct screen_class class = {
	.name = "tunnels",
	.on = ON_TUNNELS,
	.printed_by = "tunnels",
	.title = title,
	.head = head,
	.rows = rows,
	.line = line,
	.frame = frame,
	.refresh = refresh,
	.work = work,
	.tunnel = tunnel,
	.event = event,
	.numbered = numbered,
	.severity = severity,
	.close = close_tunnels,
};

void tui_open_tunnels(struct tui *t)
{
	struct tunnels *l = must_alloc(1, sizeof(*l));

	*l = (struct tunnels){.screen = {.class = &class}};
	tui_push(t, &l->screen);
}

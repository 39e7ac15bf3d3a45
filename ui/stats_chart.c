#include "stats_chart.h"

#include <inttypes.h>

#include "when.h"

enum { AXIS = 7, LEAST_COLUMNS = 10 };

static const int64_t second_ns = 1000000000;

struct column {
	uint64_t failed, dropped;
};

/* What stands in the picture: `n` spans of `span` nanoseconds from `first` on. */
struct plot {
	struct column at[CHART_COLUMNS];
	size_t n;
	int64_t first, span;
	uint64_t most;
};

static struct text *next_line(struct stats_chart *c)
{
	c->line[c->n] = text_make(LIMIT_OUTPUT_LINE);
	return &c->line[c->n++];
}

/* The least of these in which the whole run has room; beyond them twice as much, and so on. */
static int64_t span_for(const struct stats *s, size_t room)
{
	static const int64_t seconds[] = {60, 300, 900, 3600, 21600, 86400, 604800};
	enum { N = sizeof(seconds) / sizeof(seconds[0]) };
	int64_t all = s->minutes[s->n_minutes - 1].ns - s->minutes[0].ns;
	int64_t span = seconds[0] * second_ns;

	for (size_t i = 0; all / span >= (int64_t)room - 1; i++) {
		if (i + 1 < N)
			span = seconds[i + 1] * second_ns;
		else if (span < INT64_MAX / 4)
			span *= 2;
		else
			break;
	}
	return span;
}

static void fill(struct plot *p, const struct stats *s, size_t room)
{
	*p = (struct plot){.span = span_for(s, room), .first = s->minutes[0].ns};
	p->first -= (p->first % p->span + p->span) % p->span;
	for (size_t i = 0; i < s->n_minutes; i++) {
		const struct stats_minute *m = &s->minutes[i];
		size_t k = (size_t)((m->ns - p->first) / p->span);
		uint64_t bad;

		if (k >= room)
			break;
		p->n = k + 1 > p->n ? k + 1 : p->n;
		p->at[k].failed += m->failed;
		p->at[k].dropped += m->dropped;
		bad = p->at[k].failed + p->at[k].dropped;
		p->most = bad > p->most ? bad : p->most;
	}
}

/* ---- lines ---- */

static void write_head(struct text *t, const struct plot *p)
{
	int64_t minutes = p->span / second_ns / 60;

	text_puts(t, "  calls that failed (#) or were dropped (x), a ");
	if (minutes == 1)
		text_puts(t, "minute");
	else if (minutes < 60)
		text_printf(t, "column for %" PRId64 " minutes", minutes);
	else if (minutes == 60)
		text_puts(t, "column for an hour");
	else if (minutes < 1440)
		text_printf(t, "column for %" PRId64 " hours", minutes / 60);
	else if (minutes == 1440)
		text_puts(t, "column for a day");
	else
		text_printf(t, "column for %" PRId64 " days", minutes / 1440);
}

/* What goes wrong at all is seen, if only at the lowest level. */
static char sign(const struct column *c, uint64_t least, bool is_lowest)
{
	uint64_t bad = c->failed + c->dropped;

	if (bad == 0 || (bad < least && !is_lowest))
		return ' ';
	return c->failed >= least || (is_lowest && c->failed > 0) ? '#' : 'x';
}

static void write_level(const struct term *term, struct text *t, const struct plot *p,
			uint64_t level, uint64_t levels)
{
	uint64_t least = p->most * level / levels;
	size_t blanks = 0;

	least = least > 0 ? least : 1;
	text_printf(t, "%5" PRIu64 " |", least);
	for (size_t i = 0; i < p->n; i++) {
		char c = sign(&p->at[i], least, level == 1);

		if (c == ' ') {
			blanks++;
			continue;
		}
		for (; blanks > 0; blanks--)
			text_putc(t, ' ');
		term_styled(term, t, c == '#' ? STYLE_BAD : STYLE_WARN, (char[]){c, '\0'});
	}
}

static void write_axis(struct text *t, const struct plot *p)
{
	text_puts(t, "    0 +");
	for (size_t i = 0; i < p->n; i++)
		text_putc(t, '-');
}

static void write_time(struct text *t, const struct run *r, int64_t ns)
{
	const char *format = r->options->time;
	struct moment m = r->report->earliest;

	m.ns = ns;
	m.grain_ns = 60 * second_ns;
	when_print(t, format == NULL ? "ad" : format, m, r->report->earliest, r->report->earliest);
}

/* The first column's time, and that of the last one where there is room for both. */
static void write_times(struct text *t, const struct run *r, const struct plot *p)
{
	struct text last = text_make(64);
	size_t end = AXIS + p->n;

	term_pad(t, AXIS, false);
	write_time(t, r, p->first);
	write_time(&last, r, p->first + (int64_t)(p->n - 1) * p->span);
	if (p->n > 1 && t->len + 2 + last.len <= end)
		term_pad(t, end - last.len, true);
	else if (p->n > 1)
		text_puts(t, " to ");
	if (p->n > 1)
		text_add(t, text_str(&last));
	text_free(&last);
}

void stats_chart_make(struct stats_chart *c, const struct run *r, const struct stats *s,
		      size_t width)
{
	size_t room = width > AXIS + LEAST_COLUMNS ? width - AXIS : LEAST_COLUMNS;
	struct plot p;
	uint64_t levels;

	c->n = 0;
	if (s->n_minutes == 0)
		return;
	fill(&p, s, room < CHART_COLUMNS ? room : CHART_COLUMNS);
	if (p.most == 0)
		return;
	levels = p.most < CHART_LEVELS ? p.most : CHART_LEVELS;
	write_head(next_line(c), &p);
	for (uint64_t level = levels; level > 0; level--)
		write_level(&r->term, next_line(c), &p, level, levels);
	write_axis(next_line(c), &p);
	write_times(next_line(c), r, &p);
}

void stats_chart_free(struct stats_chart *c)
{
	for (size_t i = 0; i < c->n; i++)
		text_free(&c->line[i]);
	c->n = 0;
}

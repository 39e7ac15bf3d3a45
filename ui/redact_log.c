#include "redact_log.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

#include "inputs.h"
#include "limits.h"
#include "redact_dump.h"
#include "redact_record.h"

struct redact_log {
	struct run *run;
	struct redact_map *map;
	struct source *source;
	struct log_witness witness;
	struct str content;
	struct read_span *spans;
	size_t n_spans, room;
	struct redactor met; /* what events say goes into the map with it */
};

/* ---- once through it ---- */

static void span_host(struct read_span *s, struct str head, struct str host)
{
	size_t at = host.len > 0 ? str_find(head, host) : SIZE_MAX;

	if (at == SIZE_MAX)
		return;
	s->host = (uint32_t)at;
	s->host_length = (uint32_t)host.len;
}

static void saw(void *self, struct str content, const struct log_record *r, bool is_more)
{
	struct redact_log *l = self;
	struct read_span *s;
	uint64_t body = r->body > r->origin.offset ? r->body - r->origin.offset : 0;

	l->content = content;
	if (l->n_spans == l->room) {
		l->room = l->room == 0 ? 1024 : l->room * 2;
		l->spans = must_grow(l->spans, l->room, sizeof(*l->spans));
	}
	s = &l->spans[l->n_spans++];
	*s = (struct read_span){.start = r->origin.offset,
				.end = r->origin.offset_end,
				.row = r->row,
				.is_more = is_more};
	if (s->end > content.len)
		s->end = content.len;
	if (s->start > s->end)
		s->start = s->end;
	s->body = (uint32_t)(body > s->end - s->start ? s->end - s->start : body);
	span_host(s, (struct str){content.at + s->start, s->body}, r->host);
	record_meet(l->map, r);
}

static void octets_met(struct redactor *r, struct span octets)
{
	uint8_t *copy;

	if (octets.len == 0)
		return;
	copy = must_alloc(octets.len, 1);
	memcpy(copy, octets.at, octets.len);
	(void)redact_packet(r, copy, octets.len);
	free(copy);
}

static void name_met(struct redact_map *m, struct str name)
{
	struct text ignored = text_make(LIMIT_RECORD);

	redact_name_text(m, name, &ignored);
	text_free(&ignored);
}

static void event_met(struct redactor *r, const struct event *e)
{
	const struct str names[] = {e->from.name, e->from.dialed, e->to.name, e->to.dialed};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].len > 0)
			name_met(r->map, names[i]);
	if (e->kind == EVENT_CONTROL)
		redact_attributes(r, e->control.avps, e->control.n_avps);
	if (e->kind == EVENT_PPP)
		redact_ppp_told(r, &e->ppp);
	octets_met(r, e->packet);
}

/* What the input itself shows, and what was given with --secrets. */
static void secrets_met(struct redact_log *l)
{
	static const enum secret_kind kinds[] = {SECRET_TUNNEL, SECRET_USER, SECRET_RADIUS};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct secret *s;
		size_t at = 0;

		while ((s = secrets_any(l->run->secrets, kinds[i], &at)) != NULL) {
			uint8_t *copy = must_alloc(s->value.len + 1, 1);

			if (s->value.len > 0)
				memcpy(copy, s->value.at, s->value.len);
			redact_octets(l->map, REDACT_SECRET, copy, s->value.len);
			free(copy);
		}
	}
}

static int by_start(const void *a, const void *b)
{
	const struct read_span *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

struct redact_log *redact_log_open(struct run *run, struct redact_map *map, size_t index)
{
	struct redact_log *l = must_alloc(1, sizeof(*l));
	struct event e;

	*l = (struct redact_log){.run = run, .map = map, .witness = {.self = l, .saw = saw}};
	l->source = inputs_open_again(run, index, SOURCE_TEXT, &l->witness);
	if (l->source == NULL) {
		redact_log_close(l);
		return NULL;
	}
	l->met = (struct redactor){.map = map,
				   .proofs = redact_proofs_new(map, run->secrets),
				   .scratch = arena_new(LIMIT_SCRATCH)};
	while (!run_is_interrupted(run) && source_next(l->source, &e) == PULLED) {
		arena_reset(l->met.scratch);
		event_met(&l->met, &e);
	}
	secrets_met(l);
	if (l->n_spans > 0)
		qsort(l->spans, l->n_spans, sizeof(*l->spans), by_start);
	return l;
}

void redact_log_close(struct redact_log *l)
{
	if (l == NULL)
		return;
	source_close(l->source);
	redact_proofs_free(l->met.proofs);
	arena_free(l->met.scratch);
	free(l->spans);
	free(l);
}

/* ---- and written ---- */

struct writing {
	struct redact_log *l;
	struct record_writer w;
	FILE *out;
	const struct redact_search *search;
	struct redact_counts *counts;
	uint64_t left_out; /* lines that were not written yet */
};

static void flush(struct writing *g)
{
	(void)redact_search_apply(g->search, &g->w.out);
	(void)fwrite(g->w.out.at != NULL ? g->w.out.at : "", 1, g->w.out.len, g->out);
	text_clear(&g->w.out);
}

/* Lines that are left out: how many, and their ends. */
static void left_out_put(struct writing *g)
{
	if (g->left_out == 0)
		return;
	text_printf(&g->w.out, "-- %" PRIu64 " line%s left out --", g->left_out,
		    g->left_out == 1 ? "" : "s");
	for (uint64_t i = 0; i < g->left_out; i++)
		text_putc(&g->w.out, '\n');
	g->counts->lines += g->left_out;
	g->left_out = 0;
}

static bool has_word(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (isalnum((unsigned char)s.at[i]) || (unsigned char)s.at[i] >= 0x80)
			return true;
	return false;
}

/* What stands between records. */
static void gap_put(struct writing *g, size_t from, size_t to)
{
	struct str content = g->w.content;

	while (from < to) {
		const char *stop = memchr(content.at + from, '\n', to - from);
		size_t end = stop != NULL ? (size_t)(stop - content.at) + 1 : to;
		struct str line = {content.at + from, end - from};
		bool is_whole = (from == 0 || content.at[from - 1] == '\n') &&
				(stop != NULL || to == content.len);

		if (!has_word(line)) {
			/* an empty line among those left out is one of them */
			if (g->left_out > 0 && is_whole && stop != NULL) {
				g->left_out++;
			} else {
				left_out_put(g);
				text_add(&g->w.out, line);
			}
		} else if (g->l->run->options->keep_unread) {
			redact_text(&g->w.r, (struct str){0}, line, REDACT_TEXT_KNOWN, &g->w.out);
		} else if (is_whole) {
			g->left_out++;
		} else {
			left_out_put(g);
			redact_text(&g->w.r, (struct str){0}, line, REDACT_TEXT_HEAD, &g->w.out);
		}
		flush(g);
		from = end;
	}
}

static struct str body_of(const struct writing *g, const struct read_span *s)
{
	return str_range(g->w.content.at + s->start + s->body, g->w.content.at + s->end);
}

/* Rows of a dump that are lines of their own, each with its stamp and tag. How many. */
static size_t dump_put(struct writing *g, size_t i)
{
	const struct read_span *spans = g->l->spans;
	struct dump_row rows[256];
	size_t n = 0, octet = 0;
	uint8_t *octets;

	while (i + n < g->l->n_spans && n < sizeof(rows) / sizeof(rows[0])) {
		const struct read_span *s = &spans[i + n];

		if (memchr(body_of(g, s).at, '\n', body_of(g, s).len) != NULL ||
		    !dump_row_read(body_of(g, s), &rows[n]) || (n == 0 && rows[n].n < 4))
			break;
		if (n > 0 &&
		    ((rows[n].has_offset && rows[n].is_first) || s->start < spans[i + n - 1].end ||
		     has_word(str_range(g->w.content.at + spans[i + n - 1].end,
					g->w.content.at + s->start))))
			break;
		n++;
	}
	if (n == 0)
		return 0;
	arena_reset(g->w.r.scratch);
	octets = dump_octets(&g->w.r, rows, n);
	for (size_t k = 0; k < n; k++) {
		if (k > 0)
			gap_put(g, (size_t)spans[i + k - 1].end, (size_t)spans[i + k].start);
		record_head_put(&g->w, &spans[i + k]);
		dump_row_put(&rows[k], octets + octet, &g->w.out);
		octet += rows[k].n;
		flush(g);
	}
	free(octets);
	return n;
}

void redact_log_write(struct redact_log *l, const struct redact_search *search, FILE *out,
		      struct redact_counts *counts)
{
	struct writing g = {.l = l, .search = search, .out = out, .counts = counts};
	size_t at = 0;

	record_writer_open(&g.w, l->map, l->run->secrets, l->content);
	for (size_t i = 0; i < l->n_spans && !run_is_interrupted(l->run);) {
		const struct read_span *s = &l->spans[i];
		size_t n;

		/* a record that no row reads is a line that nothing read */
		if (s->start < at || (s->row == NULL && !s->is_more)) {
			i++;
			continue;
		}
		gap_put(&g, at, (size_t)s->start);
		left_out_put(&g);
		n = dump_put(&g, i);
		if (n == 0) {
			record_head_put(&g.w, s);
			record_body_put(&g.w, s);
			n = 1;
		}
		flush(&g);
		i += n;
		at = (size_t)l->spans[i - 1].end;
	}
	gap_put(&g, at, l->content.len);
	left_out_put(&g);
	flush(&g);
	record_writer_close(&g.w);
}

#include <inttypes.h>

#include "cmd_common.h"
#include "message_tree.h"
#include "paper.h"

/* ---- one message: its tree and its octets ---- */

/* A Protocol-Reject brings back what was rejected (RFC 1661 5.7), the password of PAP too. */
static bool brings_back_secret(const struct event *e)
{
	const struct span body = e->ppp.body;

	return e->kind == EVENT_PPP && e->ppp.protocol == PPP_LCP && e->ppp.code == CP_PROTREJ &&
	       body.len >= 2 && (body.at[0] << 8 | body.at[1]) == PPP_PAP;
}

static void write_octets(struct paper *p, const struct event *e)
{
	struct writer *j = &p->page.json;
	bool is_hidden =
		(common_has_secret(e) || brings_back_secret(e)) && !p->run->options->show_secrets;
	const uint8_t *octets;
	const bool *known;
	size_t n = message_octets(p->arena, e, &octets, &known);
	struct text hex = text_make(LIMIT_PAPER_OCTETS * 2 + 1);

	if (n == 0)
		return;
	writer_pair_unsigned(j, "length", n);
	for (size_t i = 0; i < n && i < LIMIT_PAPER_OCTETS && !is_hidden; i++) {
		if (known[i])
			text_hex(&hex, (struct span){&octets[i], 1}, 0);
		else
			text_puts(&hex, "..");
	}
	paper_pair(p, "octets", text_str(&hex));
	text_free(&hex);
}

static void write_tree(struct paper *p, const struct event *e)
{
	struct writer *j = &p->page.json;
	struct message_tree tree = message_tree(p->arena, e, p->run->options->show_secrets);

	if (tree.n == 0)
		return;
	writer_key(j, "tree");
	writer_open(j, '[');
	for (size_t i = 0; i < tree.n; i++) {
		writer_open(j, '[');
		writer_string(j, tree.rows[i].text);
		if (tree.rows[i].n > 0) {
			writer_unsigned(j, tree.rows[i].at);
			writer_unsigned(j, tree.rows[i].n);
		}
		writer_close(j, ']');
	}
	writer_close(j, ']');
}

/* ---- rows ---- */

static size_t place_of(const struct paper_findings *f, const struct finding *one)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->at[i] == one)
			return i;
	}
	return SIZE_MAX;
}

/* `[severity, rule, text, which of the findings]`; the last is left out where it is not listed. */
static void write_notes(struct paper *p, const struct ladder_note *notes, size_t n,
			const struct paper_findings *f)
{
	struct writer *j = &p->page.json;

	if (n == 0)
		return;
	writer_key(j, "notes");
	writer_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		const struct finding *finding = notes[i].finding;
		size_t place = place_of(f, finding);

		writer_open(j, '[');
		writer_string(j, str_of(severity_word(finding->severity)));
		writer_string(j, str_of(finding->rule->id));
		writer_string(j, notes[i].is_first ? notes[i].text : (struct str){0});
		if (place != SIZE_MAX)
			writer_unsigned(j, place);
		writer_close(j, ']');
	}
	writer_close(j, ']');
}

static void write_states(struct paper *p, const struct ladder_row *row)
{
	struct writer *j = &p->page.json;

	if (row->n_states == 0)
		return;
	writer_key(j, "states");
	writer_open(j, '[');
	for (size_t i = 0; i < row->n_states; i++) {
		struct text t = text_make(LIMIT_RECORD);

		text_add(&t, row->states[i].text);
		if (row->states[i].is_inferred)
			text_puts(&t, " (inferred)");
		writer_string(j, text_str(&t));
		text_free(&t);
	}
	writer_close(j, ']');
}

/* Payload is counted: its row has no message of its own. */
static bool has_message(const struct ladder_row *row)
{
	return row->step != NULL &&
	       (row->kind != LADDER_DATA || row->step->event->kind == EVENT_DATA);
}

static void write_row(struct paper *p, const struct ladder_row *row, const struct paper_findings *f)
{
	static const char *const kinds[] = {"message", "said", "data", "alive", "call"};
	struct writer *j = &p->page.json;
	struct text folded = text_make(LIMIT_RECORD);

	arena_reset(p->arena);
	writer_open(j, '{');
	paper_pair(p, "kind", str_of(kinds[row->kind]));
	writer_pair_unsigned(j, "from", row->from);
	writer_pair_unsigned(j, "to", row->to);
	paper_pair(p, "time", row->time);
	paper_pair(p, "delta", row->delta);
	paper_pair(p, "message", row->message);
	paper_pair(p, "detail", row->detail);
	paper_pair(p, "remark", row->remark);
	ladder_folded(&folded, row);
	paper_pair(p, "folded", text_str(&folded));
	text_free(&folded);
	if (row->is_unseen) {
		writer_key(j, "unseen");
		writer_bool(j, true);
	}
	write_states(p, row);
	write_notes(p, row->notes, row->n_notes, f);
	paper_pair(p, "origin", row->origin);
	if (row->kind == LADDER_CALL) {
		writer_pair_unsigned(j, "call", row->call);
	} else if (has_message(row)) {
		write_tree(p, step_fullest(row->step));
		write_octets(p, step_fullest(row->step));
	}
	writer_close(j, '}');
	webpage_flush(&p->page);
}

void paper_ladder(struct paper *p, const struct ladder *l, const struct paper_findings *f)
{
	struct writer *j = &p->page.json;
	size_t n = l->n_rows < LIMIT_PAPER_ROWS ? l->n_rows : LIMIT_PAPER_ROWS;

	writer_key(j, "parties");
	writer_open(j, '[');
	for (size_t i = 0; i < l->n_parties; i++) {
		writer_open(j, '[');
		writer_string(j, l->parties[i].title);
		writer_string(j, l->parties[i].name);
		writer_close(j, ']');
	}
	writer_close(j, ']');
	writer_key(j, "rows");
	writer_open(j, '[');
	for (size_t i = 0; i < n; i++)
		write_row(p, &l->rows[i], f);
	writer_close(j, ']');
	if (l->n_rows - n + l->left_out > 0)
		writer_pair_unsigned(j, "left_out", l->n_rows - n + l->left_out);
}

/* ---- findings ---- */

/* The row in which a mark of the finding stands: its own event, else a copy that was folded. */
static size_t row_of(const struct ladder *l, const struct finding *f, uint64_t event)
{
	size_t n = l->n_rows < LIMIT_PAPER_ROWS ? l->n_rows : LIMIT_PAPER_ROWS;

	for (size_t i = 0; i < n && event != 0; i++) {
		if (l->rows[i].event == event)
			return i;
	}
	for (size_t i = 0; i < n && event != 0; i++) {
		for (size_t k = 0; k < l->rows[i].n_notes; k++) {
			if (l->rows[i].notes[k].finding == f)
				return i;
		}
	}
	return SIZE_MAX;
}

/* `[place, words, row]` */
static void write_evidence(struct paper *p, const struct subject *s, const struct mark *m,
			   const struct ladder *l)
{
	struct writer *j = &p->page.json;
	struct text t = text_make(LIMIT_RECORD);
	size_t row = l == NULL ? SIZE_MAX : row_of(l, s->finding, mark_number(m));

	if (mark_frame(m) != 0 || mark_line(m) != 0) {
		writer_open(j, '[');
		mark_print(&t, s, m);
		writer_string(j, text_str(&t));
		writer_string(j, common_untrusted(p->run, mark_words(s, m)));
		if (row != SIZE_MAX)
			writer_unsigned(j, row);
		writer_close(j, ']');
	}
	text_free(&t);
}

static void write_finding(struct paper *p, const struct finding *f, const struct ladder *l)
{
	enum { EVIDENCE_SHOWN = 12 };
	struct writer *j = &p->page.json;
	struct subject s = run_subject(p->run);

	s.finding = f;
	writer_open(j, '{');
	paper_pair(p, "severity", str_of(severity_word(f->severity)));
	paper_pair(p, "rule", str_of(f->rule->id));
	paper_pair(p, "text", common_field(p->run, &field_findings, &s, "text"));
	if (f->cause.len > 0)
		paper_pair(p, "cause", common_field(p->run, &field_findings, &s, "cause"));
	if (f->count > 1)
		writer_pair_unsigned(j, "count", f->count);
	writer_key(j, "evidence");
	writer_open(j, '[');
	for (size_t i = 0; i < f->n_evidence && i < EVIDENCE_SHOWN; i++)
		write_evidence(p, &s, &f->evidence[i], l);
	if (f->n_evidence == 0 && f->mark.is_set)
		write_evidence(p, &s, &f->mark, l);
	writer_close(j, ']');
	if (f->n_evidence > EVIDENCE_SHOWN)
		writer_pair_unsigned(j, "more", f->n_evidence - EVIDENCE_SHOWN);
	writer_close(j, '}');
	webpage_flush(&p->page);
}

void paper_findings(struct paper *p, const struct paper_findings *f, const struct ladder *l)
{
	struct writer *j = &p->page.json;

	writer_key(j, "findings");
	writer_open(j, '[');
	for (size_t i = 0; i < f->n; i++)
		write_finding(p, f->at[i], l);
	writer_close(j, ']');
	if (f->left_out > 0)
		writer_pair_unsigned(j, "more_findings", f->left_out);
}

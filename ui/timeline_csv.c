/* `timeline --format csv`: one record an event. */
#include "csv.h"
#include "limits.h"
#include "message.h"
#include "timeline.h"

void timeline_csv_head(struct run *r)
{
	static const char *const heads[] = {"time",    "stamp",    "input", "frame",  "line",
					    "call",    "tunnel",   "from",  "to",     "protocol",
					    "message", "delivery", "text",  "states", "findings"};
	struct csv c = csv_into(&r->line);

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		csv_word(&c, heads[i]);
	csv_end(&c, &r->term);
}

static void put_states(struct csv *c, const struct step *s, struct text *t)
{
	text_clear(t);
	for (size_t i = 0; i < s->n_changes; i++) {
		text_puts(t, i == 0 ? "" : "; ");
		message_change(t, &s->changes[i]);
	}
	csv_text(c, text_str(t));
}

static void put_findings(struct csv *c, const struct run *r, const struct step *s, struct text *t)
{
	const struct evidence_at *at;

	text_clear(t);
	for (; s != NULL; s = s->seen_also) {
		size_t n = run_findings_at(r, s->event->number, &at);

		for (size_t i = 0; i < n; i++) {
			text_puts(t, t->len == 0 ? "" : " ");
			text_puts(t, at[i].finding->rule->id);
		}
	}
	csv_text(c, text_str(t));
}

void timeline_csv(struct run *r, const struct step *s)
{
	const struct event *e = s->event;
	const struct call *call = step_call(s);
	const struct tunnel *tunnel = step_tunnel(s);
	struct text t = text_make(LIMIT_OUTPUT_LINE);
	struct csv c = csv_into(&r->line);

	when_text(&t, r->report, e->origin.vantage, e->when);
	csv_word(&c, t.at);
	csv_text(&c, when_stamp(r->scratch, r->report, e->origin.vantage, e->when, e->stamp));
	csv_text(&c, r->names[e->origin.input]);
	csv_id(&c, e->origin.frame);
	csv_id(&c, e->origin.line);
	csv_id(&c, call == NULL ? 0 : call->number);
	csv_id(&c, tunnel == NULL ? 0 : tunnel->number);
	csv_word(&c, role_name(s->from));
	csv_word(&c, role_name(s->to));
	csv_word(&c, message_protocol(e));
	text_clear(&t);
	message_word(&t, e);
	csv_text(&c, text_str(&t));
	csv_word(&c, timeline_delivery(s));
	text_clear(&t);
	message_detail(&t, step_fullest(s), false, r->options->show_secrets);
	csv_text(&c, text_str(&t));
	put_states(&c, s, &t);
	put_findings(&c, r, s, &t);
	csv_end(&c, &r->term);
	text_free(&t);
}

/* What stands at a row, in words that are safe to show. */
#include <inttypes.h>

#include "ladder_draft.h"
#include "message.h"
#include "timeline.h"

struct str ladder_clip(struct arena *a, struct str s, size_t most)
{
	if (s.len <= most)
		return arena_str(a, s);
	s.len = most;
	while (s.len > 0 && ((unsigned char)s.at[s.len] & 0xc0) == 0x80)
		s.len--;
	return arena_printf(a, "%.*s…", STR_ARG(s));
}

struct str draft_words(struct draft *d)
{
	struct str s = str_trim(text_str(&d->words));

	s = ladder_clip(d->ladder->arena, s, LIMIT_LADDER_TEXT);
	text_clear(&d->words);
	return s;
}

struct str draft_message(struct draft *d, const struct step *s)
{
	if (s->event->kind != EVENT_SAID)
		message_name(&d->words, s->event);
	return draft_words(d);
}

struct str draft_detail(struct draft *d, const struct step *s)
{
	bool show_secrets = d->run->options->show_secrets;

	if (s->event->kind != EVENT_DATA)
		message_detail(&d->words, step_fullest(s), false, show_secrets);
	if (s->delivery == DELIVERY_ACK)
		message_acknowledges(&d->words, s);
	return draft_words(d);
}

static void remark(struct draft *d, const char *words)
{
	if (d->words.len > 0)
		text_puts(&d->words, ", ");
	text_puts(&d->words, words);
}

struct str draft_remark(struct draft *d, const struct step *s)
{
	const char *delivery = timeline_delivery(s);

	if (delivery != NULL)
		remark(d, delivery);
	if (s->event->is_virtual)
		remark(d, "forced, not on the wire");
	if (s->unseen_at == NULL && draft_is_given_up(s))
		remark(d, "never acknowledged");
	if (s->unseen_at != NULL) {
		remark(d, "never seen at ");
		text_escape(&d->words, d->run->names[s->unseen_at->input]);
	}
	return draft_words(d);
}

struct str draft_origin(struct draft *d, const struct event *e)
{
	struct mark m = mark_of_event(e);
	struct subject s = {.input_names = d->run->names, .n_inputs = d->run->n_inputs};

	mark_print(&d->words, &s, &m);
	return draft_words(d);
}

struct str draft_time(struct draft *d, const char *format, struct moment now)
{
	when_print(&d->words, format, now, d->before, d->run->report->earliest);
	return draft_words(d);
}

struct ladder_note draft_note(struct draft *d, const struct finding *f, uint64_t event)
{
	struct str words = f->text.len > 0 ? f->text : str_of(f->rule->title);

	term_untrusted(&d->words, words, d->run->options->show_secrets);
	return (struct ladder_note){
		.finding = f,
		.is_first = f->n_evidence == 0 || mark_number(&f->evidence[0]) == event,
		.text = draft_words(d),
	};
}

/* ---- folded rows ---- */

static void both_ways(struct text *t, const struct ladder_row *row)
{
	static const char *const arrows[] = {"←", "→"};
	size_t start = t->len;

	for (int way = 0; way < 2; way++) {
		bool goes_right = (row->from <= row->to) == (way == 0);

		if (row->packets[way] == 0)
			continue;
		text_printf(t, "%s%s %" PRIu64, t->len > start ? "; " : "", arrows[goes_right],
			    row->packets[way]);
		if (row->kind == LADDER_DATA)
			text_printf(t, " packet%s, %" PRIu64 " octets",
				    row->packets[way] == 1 ? "" : "s", row->octets[way]);
	}
}

static void again_after(struct text *t, const struct ladder_row *row)
{
	text_printf(t, "×%" PRIu64, row->copies);
	for (size_t i = 0; i < row->n_waits; i++)
		text_printf(t, "%s%.3f", i == 0 ? ", again after " : ", ", row->waits[i]);
	if (row->n_waits > 0)
		text_puts(t, row->n_waits + 1 < row->copies ? " s …" : " s");
}

void ladder_folded(struct text *t, const struct ladder_row *row)
{
	switch (row->kind) {
	case LADDER_DATA:
		both_ways(t, row);
		return;
	case LADDER_ALIVE:
		if (row->copies > 1)
			both_ways(t, row);
		return;
	case LADDER_CALL:
		text_printf(t, "%" PRIu64 " messages", row->copies);
		return;
	case LADDER_MESSAGE:
	case LADDER_SAID:
		if (row->copies > 1)
			again_after(t, row);
		return;
	}
}

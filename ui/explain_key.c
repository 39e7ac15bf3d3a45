/* Keys of the screens, from their table. */
#include "explain.h"
#include "tui_key.h"

static const struct {
	unsigned bit;
	const char *name;
} screens[] = {
	{ON_CALLS, "calls"},     {ON_LADDER, "ladder"}, {ON_FINDINGS, "findings"},
	{ON_TUNNELS, "tunnels"}, {ON_LOG, "log"},       {ON_BARS, "timeline"},
	{ON_TEXT, "text"},       {ON_CHOICE, "choice"},
};

enum { N_SCREENS = sizeof(screens) / sizeof(screens[0]) };

/* `calls, ladder`; nothing when it is all of them. */
static void write_screens(struct text *t, unsigned on)
{
	size_t n = 0;

	if (on == ON_ALL)
		return;
	for (size_t i = 0; i < N_SCREENS; i++) {
		if ((on & screens[i].bit) != 0)
			text_printf(t, "%s%s", n++ == 0 ? "" : ", ", screens[i].name);
	}
}

static void json_key(struct run *r, const struct action_row *row, struct str where)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("key"));
	writer_pair_known(&j, "action", str_of(row->name));
	writer_pair_known(&j, "keys", str_of(row->keys));
	writer_pair_known(&j, "screens", where);
	writer_pair_known(&j, "about", str_of(row->about));
	writer_close(&j, '}');
	run_print_json(r);
}

static void print_key(struct run *r, const struct action_row *row, struct str where)
{
	text_printf(&r->line, "  %s", row->keys);
	term_pad(&r->line, 17, true);
	text_puts(&r->line, row->name);
	term_pad(&r->line, 36, true);
	text_puts(&r->line, row->about);
	if (where.len > 0)
		text_printf(&r->line, " (%.*s)", STR_ARG(where));
	term_line(&r->term, &r->line);
}

size_t explain_key(struct run *r, const struct question *q)
{
	struct text where = text_make(256);
	size_t found = 0;

	for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
		const struct action_row *row = action_row((enum action)a);

		if (q->n > 0 && strcmp(q->words[0], row->name) != 0)
			continue;
		found++;
		text_clear(&where);
		write_screens(&where, row->screens);
		if (r->options->json)
			json_key(r, row, text_str(&where));
		else
			print_key(r, row, text_str(&where));
	}
	text_free(&where);
	return found;
}

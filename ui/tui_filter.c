/* The filter of all screens: the language of --where, checked as it is typed. */
#include "tui.h"

#include <stdlib.h>

#include "complete.h"

/* The words of the first line; the caret under the place is for wide terminals only. */
static bool is_fine(struct tui *t, const char *text, struct text *why_not)
{
	struct text why = text_make(TUI_LINE);
	struct filter *f = filter_parse(text, &why);
	struct str words = text_str(&why);
	size_t end;

	(void)t;
	if (str_starts(words, "--where: ")) /* the line of input says that it is a filter */
		words = str_from(words, STR("--where: ").len);
	end = str_find(words, STR(FILTER_LISTS_FIELDS)); /* no command can be given here */
	text_add(why_not, (struct str){words.at, end == SIZE_MAX ? words.len : end});
	if (end != SIZE_MAX)
		text_puts(why_not, "Tab lists them; / searches for a text");
	text_free(&why);
	filter_free(f);
	return f != NULL;
}

bool tui_filter_set(struct tui *t, const char *text, struct text *why_not)
{
	struct run *r = t->run;
	/* a filter borrows its words */
	struct str kept = arena_str(r->kept, str_of(text));
	struct filter *f = kept.len == 0 ? NULL : filter_parse(kept.at, why_not);

	if (f == NULL && *text != '\0')
		return false;
	filter_free(r->filter);
	r->filter = f;
	free(r->calls_fit);
	free(r->tunnels_fit);
	r->calls_fit = r->tunnels_fit = NULL;
	text_clear(&t->filter);
	text_puts(&t->filter, text);
	tui_refresh(t);
	if (filter_gave_up(f))
		tui_say(t, STYLE_WARN,
			"limit-pattern: the expression takes too long on some values");
	return true;
}

static void set(struct tui *t, const char *text)
{
	struct text why_not = text_make(TUI_LINE);

	if (!tui_filter_set(t, text, &why_not))
		tui_say(t, STYLE_BAD, "%s", why_not.at);
	text_free(&why_not);
}

void tui_filter_open(struct tui *t)
{
	prompt_open(t, "filter", &t->filters, t->filter.len > 0 ? t->filter.at : "", is_fine, set);
	t->prompt.complete = complete_filter;
	t->prompt.hint = " Tab: what may come next, as in `call.outcome == failed and call.user "
			 "contains bob`";
}

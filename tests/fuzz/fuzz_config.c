/* A line of the terminal UI's configuration, and the lines after it: taken, or refused with a
 * reason; whatever was bound, each key has one meaning. */
#include <string.h>

#include "fuzz.h"
#include "limits.h"
#include "run.h"
#include "tui_config.h"

static void take_lines(struct tui *t, const char *at, const char *end)
{
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;
		struct text why_not = text_make(LIMIT_OUTPUT_LINE);

		fuzz_must(tui_config_line(t, str_range(at, stop), &why_not) == (why_not.len == 0));
		text_free(&why_not);
		at = stop + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options options = {0};
	struct run run = {.options = &options, .kept = arena_new(LIMIT_SCRATCH)};
	struct tui *t = tui_new(&run);

	if (size > 0)
		take_lines(t, (const char *)data, (const char *)data + size);
	fuzz_must(t->n_aliases <= TUI_ALIASES && t->n_columns <= TUI_COLUMNS);
	for (size_t i = 0; i < t->keys.n; i++)
		fuzz_must(keymap_find(&t->keys, t->keys.at[i].key) == t->keys.at[i].action);
	tui_free(t);
	arena_free(run.kept);
	return 0;
}

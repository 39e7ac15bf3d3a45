/* A `--where` expression: understood, or refused with a place and a reason. */
#include "field.h"
#include "filter.h"
#include "fuzz.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text why_not = text_make(LIMIT_OUTPUT_LINE);
	struct arena *a = arena_new(LIMIT_SCRATCH);
	const struct call call = {
		.user = str_of("bob@example.net"), .setup_s = 0.25, .duration_s = -1};
	const struct event event = {.kind = EVENT_PPP};
	const struct subject subject = {.call = &call, .event = &event, .arena = a};
	char *text = malloc(size + 1);
	struct filter *f;

	fuzz_must(text != NULL);
	for (size_t i = 0; i < size; i++)
		text[i] = (char)data[i];
	text[size] = 0;
	f = filter_parse(text, &why_not);
	fuzz_must((f != NULL) == (why_not.len == 0));
	if (f) {
		filter_asks_message(f);
		/* the same expression twice says the same */
		if (!filter_asks_model(f))
			fuzz_must(filter_fits(f, &subject) == filter_fits(f, &subject));
	}
	filter_free(f);
	free(text);
	arena_free(a);
	text_free(&why_not);
	return 0;
}

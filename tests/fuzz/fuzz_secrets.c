/* A file of secrets: read whole, or refused with its line. */
#include "fuzz.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text why_not = text_make(LIMIT_OUTPUT_LINE);
	struct secrets *s = secrets_new();
	bool is_read = secrets_read(s, fuzz_file(data, size), &why_not);

	fuzz_must(is_read == (why_not.len == 0));
	secrets_free(s);
	text_free(&why_not);
	return 0;
}

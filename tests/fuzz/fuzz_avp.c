/* A list of AVPs: lengths, vendors, values; hidden ones are revealed with a secret that the input
 * chooses. */
#include "avp.h"
#include "fuzz.h"
#include "limits.h"
#include "verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned version = 2 + fuzz_choice(&data, &size) % 2;
	struct span secret = fuzz_part(&data, &size), body = {data, size};
	struct arena *a = arena_new(LIMIT_SCRATCH);
	struct defect_list defects = {.arena = a};
	struct text printed = text_make(LIMIT_OUTPUT_LINE);
	struct avp_context in;
	struct avp *avps = NULL;
	size_t n = 0;

	avp_parse(a, body, 12, &avps, &n, &defects);
	fuzz_must(n <= LIMIT_AVPS);
	in = (struct avp_context){.message = (uint16_t)version, .avps = avps, .n_avps = n};
	for (size_t i = 0; i < n; i++)
		fuzz_inside(avps[i].value, data, size);
	for (size_t i = 0; i < n; i++) {
		avp_check(&avps[i], &defects);
		avp_print_value(&printed, &avps[i], &in, true);
		avp_print_meaning(&printed, &avps[i]);
	}
	avp_reveal(a, avps, n, version, &secret, 1, &defects);
	for (size_t i = 0; i < n; i++)
		avp_print_value(&printed, &avps[i], &in, i % 2);
	fuzz_must(printed.len <= LIMIT_OUTPUT_LINE);
	fuzz_defects(defects.at, defects.n);
	fuzz_scratch(a, size);
	text_free(&printed);
	arena_free(a);
	return 0;
}

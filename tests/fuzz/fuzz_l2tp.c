/* A UDP payload: headers, AVPs, and the PPP frame inside. */
#include "fuzz.h"
#include "l2tp.h"
#include "limits.h"
#include "ppp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *scratch = arena_new(LIMIT_SCRATCH);
	struct l2tp_decoder *d = l2tp_decoder_new(scratch, NULL);
	struct defect_list defects = {.arena = scratch};
	struct event e = {.path = {.captured = (uint32_t)size, .original = (uint32_t)size}};
	struct text printed = text_make(LIMIT_OUTPUT_LINE);
	struct span payload = {0};

	l2tp_decode(d, (struct span){.at = data, .len = size}, &e, &defects, &payload);
	fuzz_inside(payload, data, size);
	fuzz_inside(e.packet, data, size);
	fuzz_must(e.control.n_avps <= LIMIT_AVPS);
	for (size_t i = 0; i < e.control.n_avps; i++) {
		const struct avp *a = &e.control.avps[i];
		struct avp_context in = control_context(&e.control);

		fuzz_inside(a->value, data, size);
		fuzz_must(a->offset <= size);
		avp_print_value(&printed, a, &in, true);
	}
	if (payload.len > 0)
		ppp_decode(scratch, payload, &e, &defects);
	e.defects = defects.at;
	e.n_defects = defects.n;
	fuzz_event(&e);
	fuzz_scratch(scratch, size);
	text_free(&printed);
	l2tp_decoder_free(d);
	arena_free(scratch);
	return 0;
}

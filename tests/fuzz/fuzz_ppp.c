/* A PPP frame: framing, control protocols, authentication, options. */
#include "fuzz.h"
#include "limits.h"
#include "ppp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *scratch = arena_new(LIMIT_SCRATCH);
	struct defect_list defects = {.arena = scratch};
	struct event e = {.path = {.captured = (uint32_t)size, .original = (uint32_t)size}};

	ppp_decode(scratch, (struct span){.at = data, .len = size}, &e, &defects);
	fuzz_must(e.kind == EVENT_PPP || e.kind == EVENT_DATA);
	fuzz_must(e.ppp.n_options <= LIMIT_OPTIONS);
	e.defects = defects.at;
	e.n_defects = defects.n;
	fuzz_event(&e);
	fuzz_scratch(scratch, size);
	fuzz_must(e.data.length <= size);
	fuzz_inside(e.ppp.body, data, size);
	fuzz_inside(e.ppp.value, data, size);
	for (size_t i = 0; i < e.ppp.n_options; i++)
		fuzz_inside(e.ppp.options[i].value, data, size);
	arena_free(scratch);
	return 0;
}

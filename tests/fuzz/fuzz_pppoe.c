/* A PPPoE discovery packet: its tags, TR-101's sub-options inside. */
#include "fuzz.h"
#include "limits.h"
#include "pppoe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t missing = fuzz_choice(&data, &size) % 3;
	struct arena *scratch = arena_new(LIMIT_SCRATCH);
	struct defect_list defects = {.arena = scratch};
	struct event e = {0};

	pppoe_decode(scratch, (struct span){data, size}, missing, &e, &defects);
	fuzz_must(e.kind == EVENT_PPPOE);
	e.defects = defects.at;
	e.n_defects = defects.n;
	fuzz_event(&e);
	fuzz_scratch(scratch, size);
	arena_free(scratch);
	return 0;
}

/* TCP segments of a PPTP control connection, in whatever order. */
#include "fuzz.h"
#include "limits.h"
#include "pptp_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *scratch = arena_new(LIMIT_SCRATCH);
	struct pptp_streams *streams = pptp_streams_new();
	struct party ends[2] = {{.address = {.family = 4, .octets = {192, 0, 2, 1}}},
				{.address = {.family = 4, .octets = {192, 0, 2, 2}}}};

	const size_t whole = size;

	while (size > 0) {
		unsigned from = fuzz_choice(&data, &size) % 2;
		struct span segment = fuzz_part(&data, &size);
		struct event e = {.from = ends[from], .to = ends[1 - from]}, message;
		struct defect_list defects = {.arena = scratch};
		unsigned messages = 0;

		arena_reset(scratch);
		if (!pptp_segment(streams, segment, fuzz_choice(&data, &size) % 2, &e))
			continue;
		while (pptp_next(streams, scratch, &message, &defects)) {
			fuzz_must(++messages < 1 << 16);
			fuzz_must(message.kind == EVENT_PPTP || message.kind == EVENT_OTHER);
			fuzz_event(&message);
		}
		fuzz_scratch(scratch, whole);
	}
	pptp_streams_free(streams);
	arena_free(scratch);
	return 0;
}

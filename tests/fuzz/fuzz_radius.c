/* RADIUS packets between two ends: requests, the answers that their authenticators prove, hidden
 * attributes, VSAs. */
#include "fuzz.h"
#include "limits.h"
#include "radius.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *scratch = arena_new(LIMIT_SCRATCH);
	struct secrets *secrets = secrets_new();
	struct radius_decoder *d = radius_decoder_new(scratch, secrets);
	struct party ends[2] = {{.address = {.family = 4, .octets = {192, 0, 2, 1}}, .port = 40000},
				{.address = {.family = 4, .octets = {192, 0, 2, 2}}, .port = 1812}};

	secrets_add(secrets, SECRET_RADIUS, (struct str){0}, (struct span){(const uint8_t *)"s", 1},
		    "--secrets");
	while (size > 0) {
		unsigned from = fuzz_choice(&data, &size) % 2;
		struct span packet = fuzz_part(&data, &size);
		struct defect_list defects = {.arena = scratch};
		struct event e = {.from = ends[from], .to = ends[1 - from]};

		arena_reset(scratch);
		radius_plausible(packet, 0);
		radius_decode(d, packet, fuzz_choice(&data, &size) % 2, &e, &defects);
		fuzz_must(e.kind == EVENT_RADIUS || e.kind == EVENT_OTHER);
		e.defects = defects.at;
		e.n_defects = defects.n;
		fuzz_event(&e);
		fuzz_scratch(scratch, packet.len);
	}
	radius_decoder_free(d);
	secrets_free(secrets);
	arena_free(scratch);
	return 0;
}

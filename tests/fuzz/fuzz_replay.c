/* A stream of events: messages of two pairs of ends in any order, direction and time, decoded and
 * replayed. An octet says who sends, to whom and how much later; then comes the UDP payload. */
#include "fuzz.h"
#include "l2tp.h"
#include "limits.h"
#include "ppp.h"
#include "replay.h"

enum { MESSAGES = 400 };

static struct party end_of(unsigned pair, unsigned end)
{
	return (struct party){
		.address = {.family = 4, .octets = {192, 0, (uint8_t)pair, (uint8_t)end}},
		.port = L2TP_PORT};
}

static void feed(struct replay *r, struct l2tp_decoder *d, struct arena *scratch, struct event *e,
		 struct span packet)
{
	struct defect_list defects = {.arena = scratch};
	struct span payload = {0};

	arena_reset(scratch);
	e->path.captured = e->path.original = (uint32_t)packet.len;
	l2tp_decode(d, packet, e, &defects, &payload);
	if (payload.len > 0)
		ppp_decode(scratch, payload, e, &defects);
	e->defects = defects.at;
	e->n_defects = defects.n;
	fuzz_scratch(scratch, packet.len);
	replay_feed(r, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t later_ns[4] = {0, 1000000, 1000000000, 60000000000};
	struct arena *scratch = arena_new(LIMIT_SCRATCH);
	struct l2tp_decoder *d = l2tp_decoder_new(scratch, NULL);
	const struct replay_options options = {.keep_steps = true, .asks_steps = true};
	struct replay *r = replay_new(&options);
	const struct vantage vantage = {.number = 0, .name = str_of("fuzz")};
	const size_t whole = size;
	struct moment now = {.kind = CLOCK_ABSOLUTE, .epoch = 1};

	for (uint64_t frame = 1; size > 0 && frame <= MESSAGES; frame++) {
		uint8_t how = fuzz_choice(&data, &size);
		struct event e = {.number = frame,
				  .origin = {.frame = frame},
				  .from = end_of(how >> 1 & 1, how & 1),
				  .to = end_of(how >> 1 & 1, ~how & 1)};

		now.ns += later_ns[how >> 2 & 3];
		e.when = now;
		feed(r, d, scratch, &e, fuzz_part(&data, &size));
	}
	replay_end(r, &vantage, 1);
	fuzz_report(replay_report(r), whole);
	replay_free(r);
	l2tp_decoder_free(d);
	arena_free(scratch);
	return 0;
}

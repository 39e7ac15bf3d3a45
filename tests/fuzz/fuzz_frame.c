/* A captured frame of any link type that the first octet chooses: link, IP, UDP, TCP, and what
 * they carry; several, so that fragments and streams meet. */
#include <pcap/dlt.h>

#include "frame.h"
#include "fuzz.h"
#include "limits.h"

static const int links[] = {DLT_EN10MB, DLT_LINUX_SLL,  DLT_LINUX_SLL2,   DLT_RAW,        DLT_NULL,
			    DLT_PPP,    DLT_PPP_SERIAL, DLT_PPP_ETHER,    DLT_C_HDLC,     DLT_LOOP,
			    DLT_IPV4,   DLT_IPV6,       DLT_PPP_WITH_DIR, DLT_ATM_RFC1483};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int dlt = links[fuzz_choice(&data, &size) % (sizeof(links) / sizeof(*links))];
	struct arena *scratch = arena_new(LIMIT_SCRATCH);
	struct frame_decoder *d = frame_decoder_new(scratch, NULL, true);
	struct frame f = {.dlt = dlt};
	const size_t whole = size;
	struct event e;

	while (size > 0) {
		f.octets = fuzz_part(&data, &size);
		f.original = (uint32_t)f.octets.len + fuzz_choice(&data, &size) % 4;
		f.origin.frame++;
		while (frame_lost(d, f.when, false, &e))
			fuzz_event(&e);
		arena_reset(scratch);
		if (frame_decode(d, &f, &e))
			fuzz_event(&e);
		while (frame_more(d, &e))
			fuzz_event(&e);
		fuzz_scratch(scratch, whole);
	}
	while (frame_lost(d, f.when, true, &e))
		fuzz_event(&e);
	frame_decoder_free(d);
	arena_free(scratch);
	return 0;
}

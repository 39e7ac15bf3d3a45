/* A text: consoles, syslog of every daemon, tcpdump, prose between. The corpus has a log of each
 * dialect; the dictionary has the literal words of each grammar row. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_source(data, size, "text");
	return 0;
}

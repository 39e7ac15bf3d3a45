/* A text: consoles, syslog of every daemon, tcpdump, prose between. It begins with
 * logs of each dialect (the samples, and those of the grammar's rows), and the dictionary has the
 * literal words of each row. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_source(data, size, "text");
	return 0;
}

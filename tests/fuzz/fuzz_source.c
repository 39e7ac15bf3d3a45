/* A whole input, of whatever kind: probed, read to its end, replayed, reported. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_source(data, size, NULL);
	return 0;
}

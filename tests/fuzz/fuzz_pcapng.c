/* Blocks of a pcapng file: sections, interfaces, packets, names, statistics, comments. */
#include <string.h>

#include "fuzz.h"

enum { LARGEST = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* a section and an Ethernet interface, so that the input may begin with any block */
	static const uint8_t begin[] = {0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0,    0,    0x4D, 0x3C,
					0x2B, 0x1A, 1,    0,    0,  0, 0xFF, 0xFF, 0xFF, 0xFF,
					0xFF, 0xFF, 0xFF, 0xFF, 28, 0, 0,    0,    1,    0,
					0,    0,    20,   0,    0,  0, 1,    0,    0,    0,
					0,    0,    4,    0,    20, 0, 0,    0};
	static uint8_t whole[sizeof(begin) + LARGEST];

	if (size >= 4 && memcmp(data, begin, 4) == 0) {
		fuzz_source(data, size, "pcap");
		return 0;
	}
	if (size > LARGEST)
		return 0;
	memcpy(whole, begin, sizeof(begin));
	if (size)
		memcpy(whole + sizeof(begin), data, size);
	fuzz_source(whole, sizeof(begin) + size, "pcap");
	return 0;
}

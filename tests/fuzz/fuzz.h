/* Fuzz targets: each asserts more than "does not crash". Built with libFuzzer by the preset
 * `fuzz`; in every other build file_runner.c feeds them the samples, as an ordinary test. */
#ifndef L2TPSCOPE_FUZZ_H
#define L2TPSCOPE_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* assert() is off where optimisation is on. */
static inline void fuzz_must(bool holds)
{
	if (!holds)
		abort();
}

/* What a decoder returns was borrowed from its input, and from nowhere else. */
static inline void fuzz_inside(struct span part, const uint8_t *data, size_t size)
{
	if (part.len > 0)
		fuzz_must(part.at >= data && part.at + part.len <= data + size);
}

#endif

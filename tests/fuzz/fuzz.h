/* Fuzz targets: each asserts more than "does not crash". Built with libFuzzer by the preset
 * `fuzz` (fuzz/run); in every other build file_runner.c feeds them their corpus and the samples, as
 * an ordinary test. */
#ifndef L2TPSCOPE_FUZZ_H
#define L2TPSCOPE_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "bytes.h"
#include "defect.h"
#include "secrets.h"
#include "source.h"

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

/* A choice that the input makes: its first octet, which is used up; 0 when there is none. */
static inline uint8_t fuzz_choice(const uint8_t **data, size_t *size)
{
	if (*size == 0)
		return 0;
	(*size)--;
	return *(*data)++;
}

/* The next part of the input: two octets say how long, as far as it goes. */
static inline struct span fuzz_part(const uint8_t **data, size_t *size)
{
	size_t len = (size_t)fuzz_choice(data, size) << 8;
	struct span part;

	len |= fuzz_choice(data, size);
	part = (struct span){*data, len < *size ? len : *size};
	*data += part.len;
	*size -= part.len;
	return part;
}

/* Values and defects stay under their ceilings and name what they are. Each octet that an event
 * borrows is read: what is not there, or no longer, the sanitizers see. */
void fuzz_defects(const struct defect *defects, size_t n);
void fuzz_event(const struct event *e);

/* What `size` octets of input may take of an arena: a small input that needs much is an attack. */
void fuzz_scratch(const struct arena *a, size_t size);

/* The input as a file, read as KIND (NULL: probed), replayed and reported. */
void fuzz_source(const uint8_t *data, size_t size, const char *kind);

/* A name under which the input can be opened; until the next one. */
const char *fuzz_file(const uint8_t *data, size_t size);

/* What a report must keep whatever the events were; `size` octets of input made it. */
struct report;
void fuzz_report(const struct report *report, size_t size);

#endif

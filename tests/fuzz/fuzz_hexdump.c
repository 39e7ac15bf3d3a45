/* Octets as people paste them: each layout reads each line, and the whole as an input. */
#include <string.h>

#include "fuzz.h"
#include "hex_layout.h"

static void read_lines(const struct hex_layout *layout, const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;
		uint8_t room[64];
		struct hex_line line = {0};

		if (hex_line_read(layout, str_range(at, stop), room, sizeof(room), &line))
			fuzz_must(line.n <= sizeof(room) &&
				  (line.n > 0 || line.has_offset || line.goes_on));
		at = stop + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct hex_layout *layouts;
	size_t n = hex_layouts(&layouts);

	for (size_t i = 0; i < n && size > 0; i++)
		read_lines(&layouts[i], data, size);
	fuzz_source(data, size, "hexdump");
	return 0;
}

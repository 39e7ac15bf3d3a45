/* Cuts a capture (classic pcap) into so many files, at packets that nobody chose: as a recorder
 * does that begins a new file now and then.
 *
 * usage: pieces FILE NUMBER PREFIX     PREFIX00.pcap, PREFIX01.pcap … */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_HEAD = 24, RECORD_HEAD = 16, LENGTH_AT = 8 };

static unsigned char *whole;
static size_t size;

static void load(const char *path)
{
	FILE *f = fopen(path, "rb");
	long end;

	if (!f || fseek(f, 0, SEEK_END) != 0 || (end = ftell(f)) < FILE_HEAD)
		exit(2);
	rewind(f);
	size = (size_t)end;
	whole = malloc(size);
	if (!whole || fread(whole, 1, size, f) != size)
		exit(2);
	fclose(f);
}

static size_t record_end(size_t at)
{
	uint32_t length;

	memcpy(&length, whole + at + LENGTH_AT, sizeof(length));
	return at + RECORD_HEAD + length;
}

/* The first record behind about that part of the file. */
static size_t cut_near(size_t at, size_t wanted)
{
	while (at < size && at < wanted)
		at = record_end(at);
	return at;
}

int main(int argc, char **argv)
{
	unsigned n = argc == 4 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	size_t at = FILE_HEAD;

	if (n == 0)
		return 2;
	load(argv[1]);
	for (unsigned i = 0; i < n; i++) {
		/* neither alike nor in step with anything */
		size_t wanted = size / n * (i + 1) + size / n / 7 * (i * 5 % 7) / 2;
		size_t end = i + 1 == n ? size : cut_near(at, wanted);
		char path[4096];
		FILE *f;

		snprintf(path, sizeof(path), "%s%02u.pcap", argv[3], i);
		f = fopen(path, "wb");
		if (!f)
			return 2;
		fwrite(whole, 1, FILE_HEAD, f);
		fwrite(whole + at, 1, end - at, f);
		if (fclose(f) != 0)
			return 2;
		at = end;
	}
	free(whole);
	return 0;
}

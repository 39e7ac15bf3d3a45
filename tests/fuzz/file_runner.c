/* Feeds files to a fuzz target; of captures also every packet alone, and every prefix of it, so
 * that the corpus of a target that wants one packet is the samples themselves. */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

enum { PCAP_HEADER = 24, RECORD_HEADER = 16, LARGEST = 1 << 20 };

static uint8_t content[LARGEST];

/* Its own copy of the exact size: reading one octet too many is seen. */
static void run_one(const uint8_t *at, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	fuzz_must(copy != NULL);
	memcpy(copy, at, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static size_t u32(const uint8_t *at)
{
	return (size_t)at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
}

/* Little-endian pcap of Ethernet and IPv4: enough for the samples. */
static void run_packets(size_t size)
{
	enum { HEADERS = 14 + 20 + 8 };
	size_t at = PCAP_HEADER;

	while (at + RECORD_HEADER <= size) {
		size_t len = u32(content + at + 8);

		at += RECORD_HEADER;
		if (len > size - at)
			return;
		for (size_t cut = HEADERS; cut <= len; cut += cut < HEADERS + 80 ? 1 : 97)
			run_one(content + at + HEADERS, cut - HEADERS);
		at += len;
	}
}

static void run_file(const char *path, bool is_packet_target)
{
	static const uint8_t magic[4] = {0xD4, 0xC3, 0xB2, 0xA1};
	FILE *file = fopen(path, "rb");
	size_t size;

	if (file == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	size = fread(content, 1, sizeof(content), file);
	fclose(file);
	run_one(content, size);
	if (is_packet_target && size > PCAP_HEADER && memcmp(content, magic, 4) == 0)
		run_packets(size);
}

int main(int argc, char **argv)
{
	bool is_packet_target = argc > 1 && strcmp(argv[1], "--packets") == 0;

	for (int i = is_packet_target ? 2 : 1; i < argc; i++)
		run_file(argv[i], is_packet_target);
	printf("%d files\n", argc - (is_packet_target ? 2 : 1));
	/* a corpus that is not found is no corpus that passes */
	return argc - (is_packet_target ? 2 : 1) > 0 ? 0 : EXIT_FAILURE;
}

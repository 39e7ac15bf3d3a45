/* Layouts in which people print the octets of packets: xxd, od, hexdump, tcpdump, Wireshark, IOS.
 *
 * Which layout a text has is not told by its looks alone (`0000020` is 16 in octal and 32 in hex,
 * a word may be in the byte order of a machine): hex_source.c reads a text in each of them, and
 * the one whose packets make sense holds. */
#ifndef L2TPSCOPE_HEX_LAYOUT_H
#define L2TPSCOPE_HEX_LAYOUT_H

#include "text.h"

enum hex_shape {
	SHAPE_ROWS,     /* an offset or none, words with blanks between, perhaps characters */
	SHAPE_RUN,      /* nothing but digits in the line */
	SHAPE_ESCAPED,  /* "\x45\x00" */
	SHAPE_ARRAY,    /* 0x45, 0x00, */
	SHAPE_SEPARATED /* 45:00:00:28 */
};

/* One layout. */
struct hex_layout {
	const char *name;
	const char *sample; /* a line of it */
	const char *octets; /* what the sample holds, in hex */
	enum hex_shape shape;
	bool is_packet_a_line;
	uint8_t offset_base;  /* 8, 10, 16; 0: no offset */
	uint8_t offset_least; /* digits of it */
	const char *before;   /* the digits of the offset: "0x" */
	const char *behind;   /* ":" */
	uint8_t base;         /* of the words: 16, 8, 2 */
	uint8_t digits;       /* of a word; 0: any even number */
	bool is_little;       /* a word has its last octet first */
};

size_t hex_layouts(const struct hex_layout **ret);

struct hex_line {
	bool has_offset;
	uint64_t offset;
	size_t n;     /* octets; 0 with an offset: where the dump ends */
	bool goes_on; /* ended in `...`, or is nothing else */
};

/* Reads a line without its end into `room`. False when it is no row of the layout; a row of more
 * than `size` octets is none. The characters beside the octets prove where these end. */
bool hex_line_read(const struct hex_layout *layout, struct str line, uint8_t *room, size_t size,
		   struct hex_line *ret);

#endif

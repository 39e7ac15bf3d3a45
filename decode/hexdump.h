/* Dump rows of a log → the bytes of the message.
 *
 * What the rest of the log says about the message (its packet line, its `Parse AVP` lines)
 * decides where a row lost a digit or an octet: a completion counts only when the whole then
 * fits the stated ids, the stated length and the structure of the AVPs. */
#ifndef L2TPSCOPE_HEXDUMP_H
#define L2TPSCOPE_HEXDUMP_H

#include "log_record.h"

/* What is known of the message besides its dump. */
struct dump_facts {
	uint16_t message; /* MESSAGE_UNKNOWN when not known */
	bool has_ids, has_sequence;
	uint16_t length; /* 0 unknown */
	uint32_t tunnel_id, session_id;
	uint16_t ns, nr;
	const struct avp *avps; /* as printed, in wire order; is_whole: the value is known */
	size_t n_avps;
	bool has_all_avps;
};

struct dump {
	struct span bytes;
	bool is_cut; /* the device printed no more */
	/* Octets [unknown, unknown_end) are there but cannot be known. */
	size_t unknown, unknown_end;
	bool is_damaged;
	struct str was, should_be, proof; /* of the damage */
	uint64_t line;
	uint32_t column;
};

/* An attribute of the message in a dump. */
struct dump_avp {
	uint16_t vendor, number;
	struct span value;
	bool is_known; /* each octet of it */
};

/* The attributes one after another: where they begin, behind the header, and the next one; false
 * behind the last that is there whole. */
struct bytes dump_avps(const struct dump *d);
bool dump_avp_next(const struct dump *d, struct bytes *rest, struct dump_avp *ret);

/* False when the rows hold no octet. */
bool hexdump_read(struct arena *a, const struct hex_row *rows, size_t n_rows,
		  const struct dump_facts *facts, struct dump *ret);

/* True when the rows are the beginning of `whole` without one of its digits; *ret_octets is how
 * many octets they then show, *ret_at the octet that is hurt. */
bool hexdump_is_one_less(struct arena *a, const struct hex_row *rows, size_t n_rows,
			 struct span whole, size_t *ret_octets, size_t *ret_at);

/* Sixteen octets of a dump around octet `at`, as text. */
struct str hexdump_around(struct arena *a, const struct dump *d, size_t at);

/* The octets of a run of hex digits; false when a character is none or a digit is left over. */
bool hex_octets(struct arena *a, struct str digits, struct span *ret);
/* Into `room` for half as many octets. */
bool hex_octets_into(struct str digits, uint8_t *room);
/* 0–15, or −1. */
int hex_digit(char c);

#endif

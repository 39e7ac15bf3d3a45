/* `redact`: text of which no row says what stands where: free text of logs, words of messages. What
 * is no plain word and no short number is replaced. */
#ifndef L2TPSCOPE_REDACT_TEXT_H
#define L2TPSCOPE_REDACT_TEXT_H

#include "redact_packet.h"

enum redact_text_how {
	REDACT_TEXT_FREE,
	REDACT_TEXT_FIXED, /* it stays as long as it was */
	REDACT_TEXT_HEAD,  /* before a record: stamps and tags, no telephone numbers */
	/* only what is an original that was met, an address or a run of octets: for lines that
	 * nothing read */
	REDACT_TEXT_KNOWN,
};

/* `before` is what stands before it, for `name=`. */
void redact_text(struct redactor *r, struct str before, struct str s, enum redact_text_how how,
		 struct text *ret);

/* What stands behind `password=`, `user "`, `Vendor-Name=` and such. */
enum redact_key { KEY_NONE, KEY_NAME, KEY_SECRET, KEY_VENDOR };
enum redact_key redact_key_of(struct str name);

/* A secret that is printed; stars and such that hide it stay. */
void redact_secret_text(struct redact_map *m, struct str s, struct text *ret);

/* Octets that a text shows in hex, in place: a packet, a value that was met, or any. */
void redact_shown_octets(struct redactor *r, uint8_t *at, size_t n);
/* Hex digits of octets, `0x` before them or not, any marks between them. */
void redact_hex_text(struct redactor *r, struct str s, struct text *ret);
/* The octets that the hex digits of `s` make, no more than `room`; other characters are passed
 * over. `ret` is all zero before. */
size_t redact_digits_read(struct str s, uint8_t *ret, size_t room);
/* The digits of `s` one after the other become those of the octets. */
void redact_digits_put(struct str s, const uint8_t *octets, size_t n, struct text *ret);

/* redact_dump.c: octets of which nobody says what they are the beginning of. */
bool redact_packet(struct redactor *r, uint8_t *at, size_t n);

#endif

/* What reads packets in words (ppp_words.c) and their options (ppp_words_option.c) share. */
#ifndef L2TPSCOPE_PPP_WORDS_PARTS_H
#define L2TPSCOPE_PPP_WORDS_PARTS_H

#include "ppp_words.h"

/* At the end of the body; what has no room there makes the packet incomplete. */
void words_add(struct ppp_words *w, const void *octets, size_t n);
void words_add_u8(struct ppp_words *w, unsigned value);
void words_add_number(struct ppp_words *w, uint64_t value, size_t n);
/* `80 fd 01 01`, `d 3 6`, `c67e9c1e…`, `aa:bb:cc`. False when a character is no digit. */
bool words_add_octets(struct ppp_words *w, struct str s);

/* A number in hexadecimal, with or without 0x. */
bool words_hex(struct str s, uint64_t *ret);
/* Takes the first word off. */
struct str words_next(struct str *s);

#endif

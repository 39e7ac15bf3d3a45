/* Packets that say nothing (DNS, TCP, ARP …), and which of them are alike to every decoder: what it
 * makes of one, it makes of the others. */
#ifndef L2TPSCOPE_SILENCE_H
#define L2TPSCOPE_SILENCE_H

#include "event.h"

enum { SILENCES = 23 };

/* A name of packets of which no memory of any decoder holds anything (frame.c). */
struct silence {
	const char *name;
	bool is_once; /* input_stats.other has a session or pair of them once, not each packet */
	bool is_pair; /* they are told apart by their addresses */
	const char *advice; /* L2TP may be inside and cannot be read: what to do; or NULL */
};

/* The i-th of SILENCES. */
const struct silence *silence_at(size_t i);
/* That of one name of input_stats.other, or NULL. */
const char *silence_advice(struct str name);
/* Which one the frame is (its event, of which frame_decode said that it is none); SILENCES: it says
 * something. */
size_t silence_of(const struct event *e);

/* Kinds of them: of one name and, where a decoder could have learned of them (ports that carry
 * L2TP) or counts them once, of the same ends and session. */
struct silences;

struct silences *silences_new(void);
void silences_free(struct silences *s);

enum silence_seen { SILENCE_NEW, SILENCE_KNOWN, SILENCE_LIMIT };

/* Was one of its kind seen? From now on it was; beyond LIMIT_SIGHTS kinds nothing new is kept. */
enum silence_seen silences_take(struct silences *s, const struct event *e, size_t which);

#endif

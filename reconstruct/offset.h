/* Clock offsets between views, from messages that both saw.
 *
 * A message takes time to cross: seen from one end's clock, messages of one direction come late
 * and those of the other early. The middle between both is free of that delay. */
#ifndef L2TPSCOPE_OFFSET_H
#define L2TPSCOPE_OFFSET_H

#include "link_pairs.h"
#include "mark.h"

enum { SHARED_MESSAGES = 64 };

/* First sights of the same messages in two records of one tunnel. */
struct shared_message {
	int64_t difference; /* b's time − a's time */
	int64_t when;       /* a's time */
	uint8_t from;       /* tunnel end that sent it */
};
struct shared {
	size_t n;
	int64_t grain_ns; /* of the coarser clock */
	/* When it is full every second one goes, and only every `stride`th is taken: it holds the
	 * whole time that both saw. */
	size_t stride, skip;
	struct shared_message at[]; /* SHARED_MESSAGES at most */
};
/* To be given back with free(). */
struct shared *shared_of(const struct tunnel *a, const struct tunnel *b);

/* The same of PPP links that are in both: a tunnel switch has them in two tunnels. */
struct shared *shared_of_links(const struct link_pair *pairs, size_t n);

/* What b's clock is ahead of a's, from these alone. */
bool shared_offset(const struct shared *x, int64_t *ret);

/* All samples of a pair of views. */
struct samples {
	int64_t *at[2];   /* differences by sending end; owned */
	int64_t *when[2]; /* a's times; owned */
	size_t n[2], room[2];
	int64_t grain_ns;
};
void samples_add(struct samples *s, const struct shared *x);
void samples_free(struct samples *s);

/* Known relations between views (indices into report.views). */
struct relation {
	size_t a, b;
	int64_t ahead_ns; /* b's clock − a's clock, at `from_ns` on a's */
	int64_t from_ns;
	double drift; /* what it gains in a second; 0: nothing that could be told */
	int64_t residual_ns;
	uint32_t n;
};
struct offsets {
	struct relation *at; /* owned */
	size_t n, room;
};
void offsets_add(struct offsets *o, size_t a, size_t b, struct samples *s);
void offsets_free(struct offsets *o);

/* Chooses the reference (the first view with the best clock) and gives every view its offset. */
void offsets_apply(struct report *r, const struct offsets *o);

#endif

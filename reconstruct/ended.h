/* Calls that have ended and wait until nothing of them can come any more (over.h). They are many
 * and lie far apart: each is looked at only when its time may have come. */
#ifndef L2TPSCOPE_ENDED_H
#define L2TPSCOPE_ENDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct live_session;

struct ended_row {
	struct live_session *session;
	int64_t look_ns; /* it is not over before that */
	uint64_t number; /* in the order in which they ended */
};

struct ended {
	struct ended_row *rows; /* in no order */
	size_t n, room;
	uint64_t numbers;
	bool is_unsure; /* a record is older than one before it: `look_ns` says nothing */
};

void ended_add(struct ended *e, struct live_session *ls);
/* Nothing when it is not there. */
void ended_leave(struct ended *e, struct live_session *ls);
void ended_free(struct ended *e);

#endif

/* Whom those that are settled are compared with.
 *
 * Most calls that go on have nothing to do with the ones that are settled now. Those that may
 * have are sealed with them: other legs and other links of the same call, the same user again,
 * another holder of the same address, and whoever may have to do with these. */
#ifndef L2TPSCOPE_COMPANY_H
#define L2TPSCOPE_COMPANY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct observer;
struct session;
struct live_session;

enum { TRAITS = 7 };

/* What calls may have in common, each as a hash; 0: it has none. Two that are equal by chance only
 * cost a comparison. */
struct traits {
	uint32_t at[TRAITS];
	bool is_known; /* false: something happened since they were taken */
	bool is_company;
	bool is_settled; /* while they are chosen */
};

/* The calls of all tunnels, side by side: they are many, and all are asked each time. */
struct roster {
	struct roster_row {
		struct live_session *session;
		struct traits traits;
	} * rows;
	size_t n, room;
};

/* It has a tunnel from now on, and none any more; again: nothing. Where calls do not leave before
 * the end nobody asks. */
void company_join(struct observer *o, struct session *s);
void company_leave(struct observer *o, struct session *s);
/* Something happened to it. */
void company_changed(struct observer *o, struct session *s);

/* Sets is_company of each session in `staying` (over_part). Only of an observer that `leaves`, as
 * all do of which batches are told (batch.h): the others have no roster. */
void company_choose(struct observer *o);
void company_free(struct observer *o);

#endif

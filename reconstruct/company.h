/* Whom those that are settled are compared with.
 *
 * Most calls that go on have nothing to do with the ones that are settled now. Those that may
 * have are sealed with them: other legs and other links of the same call, the same user again,
 * another holder of the same address, and whoever may have to do with these. */
#ifndef L2TPSCOPE_COMPANY_H
#define L2TPSCOPE_COMPANY_H

#include <stdbool.h>
#include <stdint.h>

struct observer;

enum { TRAITS = 7 };

/* What calls may have in common, each as a hash; 0: it has none. Two that are equal by chance only
 * cost a comparison. */
struct traits {
	uint32_t at[TRAITS];
	bool is_known; /* false: something happened since they were taken */
	bool is_company;
};

/* Sets is_company of each session in `staying` (over_part). */
void company_choose(struct observer *o);

#endif

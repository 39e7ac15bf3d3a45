/* The options of one packet of a control protocol, kept: every call has several such lists, so they
 * are as small as on the wire, nearly. */
#ifndef L2TPSCOPE_KEPT_OPTIONS_H
#define L2TPSCOPE_KEPT_OPTIONS_H

#include "ppp_option.h"

/* NULL: none. */
struct kept_options;

/* A copy in `a`; NULL when there are none. */
struct kept_options *options_keep(struct arena *a, const struct ppp_option *options, size_t n);
/* The same in the memory of `old`, which nobody looks at any more, if there is room; or NULL. */
struct kept_options *options_keep_over(struct arena *a, struct kept_options *old,
				       const struct ppp_option *options, size_t n);

struct kept_options *options_copy(struct arena *a, const struct kept_options *k);

/* One after the other, all but where it stood in its packet; false: there are no more. */
struct kept_walk {
	const struct kept_options *of;
	size_t at;
};
bool kept_next(struct kept_walk *walk, struct ppp_option *ret);

/* The first option of that number; false: there is none, and `ret` is all zero. */
bool kept_find(const struct kept_options *k, uint8_t number, struct ppp_option *ret);
bool kept_has(const struct kept_options *k, uint8_t number);
/* Only its value; empty where there is none. */
struct span kept_value(const struct kept_options *k, uint8_t number);

/* As many, of the same numbers and values in the same order. */
bool kept_same(const struct kept_options *k, const struct ppp_option *options, size_t n);
/* And all of both are whole. */
bool kept_same_whole(const struct kept_options *k, const struct ppp_option *options, size_t n);
bool kept_equal(const struct kept_options *x, const struct kept_options *y);
/* As many, and one has the number but not the value of that in its place. */
bool kept_differ(const struct kept_options *k, const struct ppp_option *options, size_t n);

#endif

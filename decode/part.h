/* The parts of a value that is more than one number or text: what part.def says of the layout of
 * AVPs and of PPP options, as named values. Printing for people is avp_print_value() and
 * option_print_value(); this is the same for programs. */
#ifndef L2TPSCOPE_PART_H
#define L2TPSCOPE_PART_H

#include "avp.h"
#include "ppp_option.h"
#include "value.h"

enum part_kind {
	PART_NUMBER,
	PART_TRUTH,
	PART_TEXT,   /* to the end of the value, or to a zero octet */
	PART_OCTETS, /* `bits` of them, or with 0 to the end of the value */
	PART_IPV4,
	PART_MAC,
	PART_SUB_NUMBER, /* in a list of type, length, value: that of type `at` */
	PART_SUB_TEXT,
};

/* One part for each row that the value is long enough for. Nothing for a value that is cut,
 * hidden, or of a length that its attribute cannot have. */
void part_avp_values(struct value_list *list, const struct avp *a);
void part_option_values(struct value_list *list, const struct ppp_option *o);

#endif

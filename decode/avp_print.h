/* What the printers of AVP values share; inside decode/ only. */
#ifndef L2TPSCOPE_AVP_PRINT_H
#define L2TPSCOPE_AVP_PRINT_H

#include "avp.h"

/* The attribute as AVP_N_… */
static inline uint32_t avp_key(const struct avp *a)
{
	return (uint32_t)a->vendor << 16 | a->number;
}

/* Name of one value, or of one bit, of an attribute (AVP_N_…); NULL when it has none. */
const char *avp_value_name(uint32_t avp, uint32_t value);

/* "1 (sync)" */
void avp_print_named(struct text *t, uint32_t number, const char *name);

/* Octets that are mostly text in the field (a circuit name), and sometimes not. */
void avp_print_octets(struct text *t, struct span value);

/* "MRU 1492, Magic-Number 0x2c0f1b5e"; octets where the list of LCP options leads nowhere. */
void avp_print_options(struct text *t, struct span value);

/* Attributes of kind AVP_SPECIAL (avp_special.c). */
void avp_print_special(struct text *t, const struct avp *a);

#endif

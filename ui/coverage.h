/* What counts as decoded: a row whose value is typed in JSON. A name with octets is "named".
 * tests/unit_literal.c demands a literal of every row of which this says yes. */
#ifndef L2TPSCOPE_COVERAGE_H
#define L2TPSCOPE_COVERAGE_H

#include "avp.h"
#include "ppp_option.h"
#include "pppoe.h"
#include "radius.h"

bool coverage_of_avp(const struct avp_row *row);
bool coverage_of_option(const struct option_row *row);
bool coverage_of_tag(const struct pppoe_tag_row *row);
bool coverage_of_attribute(const struct radius_row *row);
bool coverage_of_protocol(uint16_t protocol);

#endif

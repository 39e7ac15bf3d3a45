/* PPPoE discovery (RFC 2516), with the access line that TR-101 puts into it. */
#ifndef L2TPSCOPE_PPPOE_H
#define L2TPSCOPE_PPPOE_H

#include "event.h"

enum pppoe_tag_space { TAG_OF_PPPOE, TAG_OF_TR101 };

enum pppoe_tag_kind {
	TAG_OCTETS,
	TAG_EMPTY,
	TAG_END,
	TAG_TEXT,
	TAG_NUMBER, /* of as many octets as the row says */
	TAG_VENDOR, /* enterprise number, then its own */
	TAG_CREDITS,
	TAG_METRICS,
	TAG_ROUTE,
	TAG_ENCAPSULATION,
};

struct pppoe_tag_row {
	enum pppoe_tag_space space;
	uint16_t number;
	const char *name;
	enum pppoe_tag_kind kind;
	uint8_t octets;
	const char *unit;
	const char *field;
	const char *ref;
};

const struct pppoe_tag_row *pppoe_tag_lookup(enum pppoe_tag_space space, uint16_t number);
size_t pppoe_tag_rows(const struct pppoe_tag_row **ret);

/* Access-Loop-Encapsulation, parts 0 to 2 (TR-101 3.9.3, RFC 4679 3.3.14); NULL: no name. */
const char *pppoe_encapsulation_name(unsigned part, uint8_t value);

/* `packet` begins with version and type. Makes `e` an EVENT_PPPOE. What overruns is a defect,
 * unless the capture cut it (`missing` octets behind `packet`). */
void pppoe_decode(struct arena *a, struct span packet, size_t missing, struct event *e,
		  struct defect_list *defects);

#endif

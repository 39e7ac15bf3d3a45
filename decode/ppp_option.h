/* Configuration options of LCP and the NCPs: the dictionary (ppp_option.def). One row is one
 * option; OPTION_SPECIAL has its printer in ppp_option_value.c. How a log prints it is a row of the
 * log's dialect, and how `redact` writes it follows from its kind (ui/redact_ppp.c). */
#ifndef L2TPSCOPE_PPP_OPTION_H
#define L2TPSCOPE_PPP_OPTION_H

#include "arena.h"
#include "defect.h"

enum option_kind {
	OPTION_BYTES,
	OPTION_EMPTY,
	OPTION_U8,
	OPTION_U16,
	OPTION_U32,
	OPTION_HEX32, /* ACCM, magic number */
	OPTION_IPV4,
	OPTION_INTERFACE_ID,
	OPTION_AUTH,        /* protocol [algorithm] */
	OPTION_QUALITY,     /* protocol [data] */
	OPTION_COMPRESSION, /* IPCP 2: protocol, slots … */
	OPTION_ENDPOINT,    /* class, address */
	OPTION_MPPE,
	OPTION_TEXT,
	OPTION_CALLBACK,
	OPTION_SPECIAL,
	OPTION_KIND_COUNT,
};

struct option_row {
	uint16_t protocol; /* 0xc021 … */
	uint8_t number;
	const char *name;
	enum option_kind kind;
	uint8_t length_min, length_max; /* whole option, with its 2 octets */
	const char *field;              /* Wireshark's field name, or "" */
	const char *ref;
};

struct ppp_option {
	uint8_t number;
	uint8_t length; /* as on the wire */
	bool is_whole;
	uint32_t offset;   /* from the start of the PPP packet (its code octet) */
	struct span value; /* after type and length; empty and !is_whole when only text is known */
	const struct option_row *row; /* NULL: unknown */
};

const struct option_row *option_lookup(uint16_t protocol, uint8_t number);
size_t option_rows(const struct option_row **ret);

/* Parses a list of options. `base` is the offset of `body` in its packet. */
void option_parse(struct arena *a, uint16_t protocol, struct span body, size_t base,
		  struct ppp_option **ret, size_t *ret_n, struct defect_list *defects);

/* The same where a capture kept only the beginning: `there` octets of options were on the
 * wire, `body` is what is left of them. What the cut took is no defect. */
void option_parse_part(struct arena *a, uint16_t protocol, struct span body, size_t there,
		       size_t base, struct ppp_option **ret, size_t *ret_n,
		       struct defect_list *defects);

/* The first option of that number, or NULL. */
static inline const struct ppp_option *option_find(const struct ppp_option *options, size_t n,
						   uint8_t number)
{
	for (size_t i = 0; i < n; i++)
		if (options[i].number == number)
			return &options[i];
	return NULL;
}

/* Big-endian number of a whole value of 1–8 octets. */
bool option_number(const struct ppp_option *o, uint64_t *ret);

/* For people: "1492", "CHAP MD5", "10.10.53.2". Nothing for an option without value. What
 * does not fit its kind (cut, or of a wrong length) is printed as hex. */
void option_print_value(struct text *t, const struct ppp_option *o);

#endif

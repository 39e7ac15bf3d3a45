/* L2TP attributes: the dictionary (avp.def) and the parser.
 *
 * One row of avp.def is one attribute; from it come lookup, length check, typed value,
 * name, `explain avp` and JSON. The value *kind* gives the length rule and the printer.
 * Beside the row, where an attribute has them: names of its values (avp_value.c), a layout of
 * its own (avp_special.c), a vendor that is new (avp.c), what carries it (avp_message.def), and
 * how `redact` writes it when its kind does not tell (ui/redact_l2tp.c).
 */
#ifndef L2TPSCOPE_AVP_H
#define L2TPSCOPE_AVP_H

#include "arena.h"
#include "defect.h"

/* How an attribute's value is laid out; avp_value.c decodes and prints each kind. */
enum avp_kind {
	AVP_BYTES, /* opaque octets */
	AVP_EMPTY, /* no value: presence says it */
	AVP_U8,
	AVP_U16,
	AVP_U32,
	AVP_U64,
	AVP_TEXT,
	AVP_MESSAGE_TYPE,
	AVP_RESULT,  /* u16 result [u16 error [text]] */
	AVP_VERSION, /* u8 version, u8 revision */
	AVP_BITS,    /* u32 bit mask with names */
	AVP_BITS16,
	AVP_Q931,        /* u16 cause, u8 message [text] */
	AVP_CALL_ERRORS, /* reserved, 6 × u32 */
	AVP_ACCM,        /* reserved, send, receive */
	AVP_PPP_OPTIONS, /* a list of LCP options (AVP 26–28, 51, 52) */
	AVP_PROXY_ID,    /* reserved octet, id octet */
	AVP_DISCONNECT,  /* u16 code, u16 protocol, u8 direction [text] */
	AVP_U16_LIST,
	AVP_U32_LIST,
	AVP_SPECIAL, /* own layout: its printer has a row in avp_special.c */
	AVP_KIND_COUNT,
};

/* What the RFC says of the M and H bits. */
enum avp_bit { BIT_MUST_0, BIT_MUST_1, BIT_ANY };

struct avp_row {
	uint16_t vendor, number;
	const char *symbol; /* "ASSIGNED_TUNNEL_ID" */
	const char *name;   /* "Assigned Tunnel ID" */
	enum avp_kind kind;
	enum avp_bit mandatory, hidden;
	uint16_t length_min, length_max; /* whole AVP, with its 6-octet header */
	uint8_t versions;                /* bit 2 = L2TPv2, bit 3 = L2TPv3: 1u << version */
	const char *field;               /* Wireshark's field name, or "" */
	const char *ref;                 /* "RFC 2661 4.4.3" */
};

/* IETF attribute numbers by symbol: AVP_ASSIGNED_TUNNEL_ID = 9 … */
enum avp_number {
#define AVP(vendor, number, symbol, name, kind, m, h, min, max, versions, field, ref)              \
	AVP_N_##symbol = (vendor) == 0 ? (number) : 0x10000 * (vendor) + (number),
#include "avp.def"
#undef AVP
};

/* One attribute of one message. `value` is what follows the 6-octet header: of a hidden
 * attribute the clear value once it was unhidden, else the cipher text. */
struct avp {
	uint16_t vendor, number;
	bool is_mandatory, is_hidden, is_unhidden;
	bool has_flags;            /* a log may not print them */
	uint16_t length;           /* as in the AVP header */
	uint32_t offset;           /* of the AVP header, from the start of the L2TP message */
	struct span value;         /* what is known of it */
	bool is_whole;             /* all of the value is known (not cut, not still hidden) */
	const struct avp_row *row; /* NULL: not in the dictionary */
};

const struct avp_row *avp_lookup(uint16_t vendor, uint16_t number);
size_t avp_rows(const struct avp_row **ret); /* the whole dictionary */
/* Name of a vendor (IANA enterprise number): "Cisco"; NULL when unknown, "IETF" for 0. */
const char *avp_vendor_name(uint16_t vendor);
/* Does an unhidden AVP of `length` octets (with its header) fit the attribute? */
bool avp_length_fits(const struct avp_row *row, size_t length);

/* Which attributes a message carries: rows of avp_message.def. */
enum avp_presence {
	AVP_MUST,
	AVP_MAY,
	AVP_IF, /* demanded in some exchanges only: its absence alone proves nothing */
};

struct avp_carry {
	uint8_t version; /* 2, 3 */
	uint16_t message;
	uint16_t number;
	enum avp_presence presence;
};

/* The rows of one message, one a call; start with *at = 0, NULL at the end. */
const struct avp_carry *avp_carries(unsigned version, uint16_t message, size_t *at);
/* IETF attributes, a bit for each number below 128. */
struct avp_set {
	uint64_t bits[2];
};

static inline bool avp_set_has(const struct avp_set *s, unsigned number)
{
	return number < 128 && s->bits[number / 64] >> number % 64 & 1;
}

static inline void avp_set_add(struct avp_set *s, unsigned number)
{
	if (number < 128)
		s->bits[number / 64] |= UINT64_C(1) << number % 64;
}

/* Is all of `a` in `b`? */
static inline bool avp_set_within(const struct avp_set *a, const struct avp_set *b)
{
	return !(a->bits[0] & ~b->bits[0]) && !(a->bits[1] & ~b->bits[1]);
}

/* How many they are. */
static inline size_t avp_set_count(const struct avp_set *s)
{
	size_t n = 0;

	for (size_t i = 0; i < 2; i++)
		for (uint64_t rest = s->bits[i]; rest; rest &= rest - 1)
			n++;
	return n;
}

/* Those of IETF among `n` of them. */
struct avp_set avp_set_of(const struct avp *avps, size_t n);

/* The rows of one message together; `all` is empty of a message that has none. */
struct avp_carried {
	struct avp_set all, must;
};
const struct avp_carried *avp_carried(unsigned version, uint16_t message);

/* Must every such message carry the attribute? */
bool avp_required(unsigned version, uint16_t message, uint16_t number);

/* Big-endian number of a whole value of 1–8 octets (RESULT: the result code). */
bool avp_number(const struct avp *a, uint64_t *ret);
/* Empty where it is hidden or cut: the beginning of a name is another name. */
struct str avp_text(const struct avp *a);

/* The parts of a Result Code AVP; error −1 and text empty when not there. */
struct result_code {
	int result, error;
	/* Apple's L2TP client sends the result least significant octet first; `result` is then
	 * what was meant. */
	bool is_swapped;
	struct str text;
};
bool avp_result(const struct avp *a, struct result_code *ret);

/* Parts of the PPP Disconnect Cause AVP (46). */
struct disconnect_cause {
	uint16_t code, protocol;
	uint8_t direction;
	struct str text;
};
bool avp_disconnect(const struct avp *a, struct disconnect_cause *ret);

/* Parses the AVPs that follow a control header. `base` is the offset of `body` in its
 * message. Appends defects; never fails: what was readable is returned. */
void avp_parse(struct arena *a, struct span body, size_t base, struct avp **ret, size_t *ret_n,
	       struct defect_list *defects);

/* As avp_parse, for a body of which only the beginning may be known: `whole` octets were
 * there (at least body.len). An AVP that ends behind the known part is kept with
 * is_whole false. False when not every AVP of the message could be told: a cut, or a length
 * that leads nowhere. The M bit is judged in version 2 only (RFC 3931 5.2). */
bool avp_parse_part(struct arena *a, struct span body, size_t whole, size_t base, unsigned version,
		    struct avp **ret, size_t *ret_n, struct defect_list *defects);

/* Checks one AVP against its row (length, bits): used by avp_parse, and by a log that
 * printed the header of an AVP. */
void avp_check(const struct avp *avp, struct defect_list *defects);

/* RFC 2661 4.3. True and the clear value in `a` when the inner length fits. */
bool avp_unhide(struct arena *a, const struct avp *hidden, struct span secret, struct span vector,
		struct span *ret);

/* The other way, in place: `at` has the clear value with its length before it. */
void avp_hide(uint16_t number, struct span secret, struct span vector, uint8_t *at, size_t n);

/* Unhides every hidden AVP with the nearest Random Vector before it and the first of
 * `secrets` that gives a value which fits; a defect where none does. `version` 3 derives
 * its key from the secret (RFC 3931 5.3). */
void avp_reveal(struct arena *a, struct avp *avps, size_t n, unsigned version,
		const struct span *secrets, size_t n_secrets, struct defect_list *defects);

/* What an attribute is read with: some mean what another of their message says. */
struct avp_context {
	uint16_t message; /* names the table of a result code */
	const struct avp *avps;
	size_t n_avps;
};

/* Is the value a password in clear? */
bool avp_is_password(const struct avp *a, const struct avp_context *in);

/* The value for people: "55270", "1 (general request to clear …)", "2.1", "0x3 (sync, async)".
 * Secrets (proxy PAP password) are masked unless `show_secrets`. */
void avp_print_value(struct text *t, const struct avp *a, const struct avp_context *in,
		     bool show_secrets);
/* What a number or a bit mask means: "CHAP", "sync, async". Nothing where it has no name. */
void avp_print_meaning(struct text *t, const struct avp *a);
/* "Host Name", "Cisco 100": for a line of output. */
void avp_print_name(struct text *t, const struct avp *a);

#endif

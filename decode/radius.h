/* RADIUS (RFC 2865 to 2869, 3162, 5176): packets, their attributes as values, and what the
 * shared secret proves and reveals.
 *
 * Responses are paired with requests by addresses, ports and identifier, for RADIUS_WAIT_NS.
 * The requests that wait share LIMIT_RADIUS_REQUESTS slots by hash: in a crowd a response may
 * find its request forgotten, and is then decoded as one whose request was not seen. */
#ifndef L2TPSCOPE_RADIUS_H
#define L2TPSCOPE_RADIUS_H

#include "event.h"
#include "secrets.h"

/* A client gives up after some retransmissions within half a minute (RFC 5080 2.2.1). */
#define RADIUS_WAIT_NS INT64_C(60000000000)

enum { RADIUS_AUTHENTICATOR = 16 };

enum radius_kind {
	RADIUS_OCTETS,
	RADIUS_TEXT,
	RADIUS_U32,
	RADIUS_U64,
	RADIUS_TIME,
	RADIUS_IPV4,
	RADIUS_IPV6,
	RADIUS_PREFIX,
	RADIUS_INTERFACE_ID,
	RADIUS_TAG_U24,  /* RFC 2868 3.1 */
	RADIUS_TAG_TEXT, /* RFC 2868 3.3 */
	RADIUS_USER_PASSWORD,
	RADIUS_TUNNEL_PASSWORD,
	RADIUS_SALTED,    /* the same without tag: MS-MPPE keys */
	RADIUS_USER_KEYS, /* hidden like User-Password: MS-CHAP-MPPE-Keys */
	RADIUS_CHAP_PASSWORD,
	RADIUS_MS_RESPONSE,
	RADIUS_IDENT_TEXT, /* identifier octet, then text */
	RADIUS_EAP,
	RADIUS_VENDOR,
	RADIUS_PAIR, /* name=value */
	RADIUS_ENCAPSULATION,
	RADIUS_EMPTY,
};

struct radius_row {
	uint32_t vendor;
	uint8_t number;
	const char *name;
	enum radius_kind kind;
	bool tells;
	const char *field;
	const char *ref;
};

const struct radius_row *radius_lookup(uint32_t vendor, uint8_t number);
size_t radius_rows(const struct radius_row **ret);
/* Name of a value of an attribute of the RFCs, or NULL. */
const char *radius_value_name(uint8_t attribute, uint32_t value);
/* What a Cisco AV pair (`vpdn:tunnel-id`) is for, or NULL. */
const char *radius_pair_about(struct str pair_name);

/* What the attributes of one packet are read with. */
struct radius_reading {
	struct value_list values;
	struct defect_list *defects;
	const uint8_t *start; /* of the packet */
	bool is_cut;          /* by the capture: what lacks is no defect */
	struct span vector;   /* Request Authenticator, of the packet or of its request */
	struct span secret;   /* what reveals; `has_secret` */
	bool has_secret;
	bool is_proved; /* an authenticator says that it is the secret */
};

/* A list of attributes (radius_attribute.c). */
void radius_attributes_read(struct radius_reading *r, struct span attributes);

/* RFC 2865 5.2: same length as the cipher. RFC 2868 3.5 hides the same way behind a salt.
 * `clear` has room for all of it. */
void radius_reveal(struct span cipher, struct span secret, struct span vector, struct span salt,
		   uint8_t *clear);
/* The other way, in place. */
void radius_hide(struct span secret, struct span vector, struct span salt, uint8_t *at, size_t n);
/* RFC 2865 3, RFC 2866 3: of a whole packet, with `vector` where its own stands. */
void radius_authenticator(struct span packet, struct span vector, struct span secret,
			  uint8_t ret[RADIUS_AUTHENTICATOR]);
/* RFC 3579 3.2; `offset` is that of the value of the Message-Authenticator. */
void radius_message_authenticator(struct span packet, struct span vector, size_t offset,
				  struct span secret, uint8_t ret[RADIUS_AUTHENTICATOR]);

struct radius_decoder;

/* `secrets` may be NULL; tunnel secrets that replies reveal are added to it. */
struct radius_decoder *radius_decoder_new(struct arena *scratch, struct secrets *secrets);
void radius_decoder_free(struct radius_decoder *d);

/* Does it look like RADIUS at all? Asked before what came to a port of RADIUS is decoded. */
bool radius_plausible(struct span packet, size_t missing);

/* Makes `e` an EVENT_RADIUS. Its addresses, ports, time and frame are set. */
void radius_decode(struct radius_decoder *d, struct span packet, size_t missing, struct event *e,
		   struct defect_list *defects);

#endif

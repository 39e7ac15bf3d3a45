/* The access side: PPP without L2TP, PPPoE discovery, RADIUS. */
#include <stdlib.h>
#include <string.h>

#include "weave.h"

enum { PPPOE_DISCOVERY = 0x8863, PPPOE_SESSION = 0x8864, PADI = 0x09 };

void access_carry(struct weave *w, const char *what, const char *session)
{
	static const char *const names[] = {
		[CARRY_L2TP] = "l2tp",
		[CARRY_PPPOE] = "pppoe",
		[CARRY_PPTP] = "pptp",
		[CARRY_LINE] = "line",
	};

	for (w->carry = CARRY_L2TP; strcmp(names[w->carry], what) != 0; w->carry++) {
		if (w->carry == CARRY_LINE)
			weave_fail(w, "nothing carries PPP in '%s'", what);
	}
	if (session != NULL)
		w->pppoe = (uint16_t)weave_number(w, session, 65535);
}

static void pppoe_head(struct octets *o, unsigned code, unsigned session, size_t len)
{
	octets_u8(o, 0x11);
	octets_u8(o, code);
	octets_u16(o, session);
	octets_u16(o, (unsigned)len);
}

void access_data(struct weave *w, const struct octets *ppp)
{
	static struct octets o;
	size_t skip = ppp->len > 2 && ppp->at[0] == 0xff && ppp->at[1] == 0x03 ? 2 : 0;

	o.len = 0;
	switch (w->carry) {
	case CARRY_PPPOE: /* RFC 2516 4: without address and control */
		pppoe_head(&o, 0, w->pppoe, ppp->len - skip);
		octets_put(&o, ppp->at + skip, ppp->len - skip);
		frame_ether(w, PPPOE_SESSION, &o, false);
		break;
	case CARRY_PPTP:
		frame_gre(w, ppp);
		break;
	default:
		frame_line(w, ppp);
		break;
	}
}

static const struct named {
	const char *name;
	uint16_t number;
} discovery[] = {{"PADI", PADI}, {"PADO", 0x07}, {"PADR", 0x19}, {"PADS", 0x65}, {"PADT", 0xa7}},
  tags[] = {{"service", 0x0101},  {"ac", 0x0102},    {"uniq", 0x0103},  {"service-error", 0x0201},
	    {"ac-error", 0x0202}, {"error", 0x0203}, {"cookie", 0x0104}},
  radius[] = {{"ACCESS-REQUEST", 1}, {"ACCESS-ACCEPT", 2}, {"ACCESS-REJECT", 3},
	      {"ACCT-REQUEST", 4},   {"ACCT-RESPONSE", 5}, {"DISCONNECT-REQUEST", 40},
	      {"DISCONNECT-ACK", 41}};

static const struct named *named(const struct named *rows, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

/* NUMBER:hex, into `ret`; the number. */
static unsigned numbered(struct weave *w, const char *value, uint8_t ret[253], size_t *len)
{
	char *hex;
	unsigned long number = strtoul(value, &hex, 0);

	if (*hex != ':' || number > UINT16_MAX)
		weave_fail(w, "NUMBER:hex, not '%s'", value);
	*len = weave_hex(w, hex + 1, ret, 253);
	return (unsigned)number;
}

static void tag_put(struct weave *w, struct octets *o, const char *value)
{
	uint8_t octets[253];
	size_t len;

	octets_u16(o, numbered(w, value, octets, &len));
	octets_u16(o, (unsigned)len);
	octets_put(o, octets, len);
}

static void discovery_packet(struct weave *w, unsigned code)
{
	static struct octets o, body;
	unsigned session = 0;

	body.len = 0;
	o.len = 0;
	for (size_t i = 0; i < w->n_words; i++) {
		const struct word *word = &w->words[i];
		const struct named *tag = named(tags, sizeof(tags) / sizeof(tags[0]), word->key);

		if (strcmp(word->key, "tag") == 0)
			tag_put(w, &body, word->value);
		if (strcmp(word->key, "sid") == 0)
			session = weave_number(w, word->value, 65535);
		if (tag == NULL)
			continue;
		octets_u16(&body, tag->number);
		octets_u16(&body, (unsigned)strlen(word->value));
		octets_put(&body, word->value, strlen(word->value));
	}
	pppoe_head(&o, code, session, body.len);
	octets_put(&o, body.at, body.len);
	frame_ether(w, PPPOE_DISCOVERY, &o, code == PADI);
}

bool access_packet(struct weave *w, const char *name)
{
	const struct named *row;

	if (strcmp(name, "PPTP") == 0)
		return pptp_message(w);
	row = named(discovery, sizeof(discovery) / sizeof(discovery[0]), name);

	if (row != NULL) {
		discovery_packet(w, row->number);
		return true;
	}
	row = named(radius, sizeof(radius) / sizeof(radius[0]), name);
	if (row != NULL)
		radius_packet(w, row->number);
	return row != NULL;
}

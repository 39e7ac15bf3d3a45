/* L2F packets of a weaver script (RFC 2341). */
#include <stdlib.h>
#include <string.h>

#include "weave.h"

enum length { COUNTED8, COUNTED16, FIXED1, FIXED4 };
enum value { TEXT, HEX, NUMBER };

/* 4.4: the options of each management message. */
static const struct option {
	uint8_t message, number;
	const char *key;
	enum length length;
	enum value value;
} options[] = {
	{1, 2, "name", COUNTED8, TEXT},     {1, 3, "challenge", COUNTED8, HEX},
	{1, 4, "clid", FIXED4, NUMBER},     {2, 1, "name", COUNTED8, TEXT},
	{2, 2, "challenge", COUNTED8, HEX}, {2, 3, "response", COUNTED8, HEX},
	{2, 4, "ack-lcp1", COUNTED16, HEX}, {2, 5, "ack-lcp2", COUNTED16, HEX},
	{2, 6, "type", FIXED1, NUMBER},     {2, 7, "id", FIXED1, NUMBER},
	{2, 8, "req-lcp0", COUNTED16, HEX}, {3, 1, "why", FIXED4, NUMBER},
	{3, 2, "text", COUNTED16, TEXT},
};

static const char *const messages[] = {
	NULL, "L2F_CONF", "L2F_OPEN", "L2F_CLOSE", "L2F_ECHO", "L2F_ECHO_RESP",
};

static void put_value(const struct weave *w, struct octets *o, const struct option *option,
		      const char *value)
{
	switch (option->value) {
	case TEXT:
		octets_put(o, value, strlen(value));
		break;
	case HEX:
		o->len += weave_hex(w, value, o->at + o->len, sizeof(o->at) - o->len);
		break;
	case NUMBER:
		if (option->length == FIXED1)
			octets_u8(o, weave_number(w, value, UINT8_MAX));
		else
			octets_u32(o, weave_number(w, value, UINT32_MAX));
		break;
	}
}

static void put_option(const struct weave *w, struct octets *o, uint8_t message,
		       const struct word *word)
{
	const size_t n = sizeof(options) / sizeof(options[0]);
	size_t k = 0, start;

	while (k < n && (options[k].message != message || strcmp(options[k].key, word->key) != 0))
		k++;
	if (k == n)
		weave_fail(w, "%s has no option '%s'", messages[message], word->key);
	octets_u8(o, options[k].number);
	if (options[k].length == COUNTED8)
		octets_u8(o, 0);
	else if (options[k].length == COUNTED16)
		octets_u16(o, 0);
	start = o->len;
	put_value(w, o, &options[k], word->value);
	if (options[k].length == COUNTED8)
		o->at[start - 1] = (uint8_t)(o->len - start);
	else if (options[k].length == COUNTED16)
		octets_set_u16(o, start - 2, (unsigned)(o->len - start));
}

/* 4.2; a key where the line gives one. */
static void put_header(const struct weave *w, struct octets *o, uint8_t protocol, uint32_t mid)
{
	const struct word *key = weave_order(w, "key");
	bool is_management = protocol == 1;

	o->len = 0;
	octets_u16(o, 1u | (is_management ? 0x1000u : 0) | (key ? 0x4000u : 0));
	octets_u8(o, protocol);
	octets_u8(o, is_management ? weave_ordered(w, "ns", w->from->l2f_ns, UINT8_MAX) : 0);
	octets_u16(o, weave_ordered(w, "mid", mid, UINT16_MAX));
	octets_u16(o, weave_ordered(w, "clid", w->to->tunnel, UINT16_MAX));
	octets_u16(o, 0);
	if (key)
		octets_u32(o, weave_number(w, key->value, UINT32_MAX));
}

bool l2f_management(struct weave *w, const char *name)
{
	static struct octets o;
	uint8_t type = 1;

	while (type < 6 && strcmp(messages[type], name) != 0)
		type++;
	if (type == 6)
		return false;
	put_header(w, &o, 1, 0);
	octets_u8(&o, type);
	for (size_t i = 0; i < w->n_words; i++)
		if (w->words[i].mark != '@')
			put_option(w, &o, type, &w->words[i]);
	octets_set_u16(&o, 8, (unsigned)o.len);
	if (weave_order(w, "ns") == NULL)
		w->from->l2f_ns++;
	frame_udp(w, &o);
	return true;
}

void l2f_data(struct weave *w, const struct octets *ppp)
{
	static struct octets o;

	put_header(w, &o, 2, w->to->session ? w->to->session : w->from->session);
	octets_put(&o, ppp->at, ppp->len);
	octets_set_u16(&o, 8, (unsigned)o.len);
	frame_udp(w, &o);
}

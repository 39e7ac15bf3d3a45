/* PPTP's control connection: messages in TCP segments (RFC 2637 2). */
#include <string.h>
#include <strings.h>

#include "weave.h"

enum { PORT = 1723, FIN = 1, SYN = 2, RST = 4, PUSH_ACK = 0x18 };

/* What stands behind the header: a letter for the kind of each part, its octets, its key. */
static const struct part {
	const char *message;
	uint8_t octets;
	const char *key; /* "": zeros; in capitals: text */
} parts[] = {
	{"SCCRQ", 2, "version"},   {"SCCRQ", 14, ""},
	{"SCCRQ", 64, "HOST"},     {"SCCRQ", 64, "VENDOR"},
	{"SCCRP", 2, "version"},   {"SCCRP", 1, "result"},
	{"SCCRP", 1, "error"},     {"SCCRP", 12, ""},
	{"SCCRP", 64, "HOST"},     {"SCCRP", 64, "VENDOR"},
	{"StopCCRQ", 1, "reason"}, {"StopCCRQ", 3, ""},
	{"StopCCRP", 1, "result"}, {"StopCCRP", 1, "error"},
	{"StopCCRP", 2, ""},       {"ECHORQ", 4, "id"},
	{"ECHORP", 4, "id"},       {"ECHORP", 1, "result"},
	{"ECHORP", 3, ""},         {"OCRQ", 2, "call"},
	{"OCRQ", 26, ""},          {"OCRQ", 64, "PHONE"},
	{"OCRQ", 64, ""},          {"OCRP", 2, "call"},
	{"OCRP", 2, "peer"},       {"OCRP", 1, "result"},
	{"OCRP", 1, "error"},      {"OCRP", 2, "cause"},
	{"OCRP", 12, ""},          {"ICRQ", 2, "call"},
	{"ICRQ", 14, ""},          {"ICRQ", 64, "CALLED"},
	{"ICRQ", 64, "CALLING"},   {"ICRQ", 64, ""},
	{"ICRP", 2, "call"},       {"ICRP", 2, "peer"},
	{"ICRP", 1, "result"},     {"ICRP", 1, "error"},
	{"ICRP", 6, ""},           {"ICCN", 2, "peer"},
	{"ICCN", 14, ""},          {"CCRQ", 2, "call"},
	{"CCRQ", 2, ""},           {"CDN", 2, "call"},
	{"CDN", 1, "result"},      {"CDN", 1, "error"},
	{"CDN", 2, "cause"},       {"CDN", 130, ""},
	{"WEN", 2, "peer"},        {"WEN", 26, ""},
	{"SLI", 2, "peer"},        {"SLI", 2, ""},
	{"SLI", 4, "send"},        {"SLI", 4, "receive"},
};

static const char *const messages[] = {"",       "SCCRQ", "SCCRP", "StopCCRQ", "StopCCRP", "ECHORQ",
				       "ECHORP", "OCRQ",  "OCRP",  "ICRQ",     "ICRP",     "ICCN",
				       "CCRQ",   "CDN",   "WEN",   "SLI"};

static const char *value_of(const struct weave *w, const char *key)
{
	for (size_t i = 0; i < w->n_words; i++)
		if (w->words[i].mark == '\0' && strcasecmp(w->words[i].key, key) == 0)
			return w->words[i].value;
	return NULL;
}

/* Filled up with zeros; `hex:...`: octets that a script cannot hold. */
static void put_text(struct weave *w, struct octets *o, size_t octets, const char *value)
{
	uint8_t text[UINT8_MAX] = {0};

	if (strncmp(value, "hex:", 4) == 0)
		weave_hex(w, value + 4, text, octets);
	else
		memcpy(text, value, strlen(value) < octets ? strlen(value) : octets);
	octets_put(o, text, octets);
}

static void put_part(struct weave *w, struct octets *o, const struct part *part)
{
	const char *value = part->key[0] ? value_of(w, part->key) : NULL;
	bool is_text = part->key[0] >= 'A' && part->key[0] <= 'Z';
	bool is_result = strcmp(part->key, "result") == 0 || strcmp(part->key, "reason") == 0;
	uint32_t number = 0;

	if (is_text) {
		put_text(w, o, part->octets, value == NULL ? "" : value);
		return;
	}
	if (value)
		number = weave_number(w, value, UINT32_MAX);
	else if (is_result)
		number = 1;
	for (unsigned i = 0; i < part->octets; i++) {
		unsigned shift = 8 * (part->octets - 1u - i);

		octets_u8(o, shift < 32 ? number >> shift & 0xff : 0);
	}
}

/* `PPTP OCRQ call=1 …`, `PPTP SYN`, `PPTP FIN`, `PPTP RST`. `@cut=N`: the segment ends after N
 * octets, the next one goes on; `@hold`: it waits and goes with the next one in one segment. */
bool pptp_message(struct weave *w)
{
	static struct octets o, rest;
	const char *name = w->n_words ? w->words[0].key : "";
	const struct word *cut = weave_order(w, "cut");
	unsigned type = 0;

	if (strcmp(name, "SYN") == 0 || strcmp(name, "FIN") == 0 || strcmp(name, "RST") == 0) {
		o.len = 0;
		frame_tcp(w, &o, name[0] == 'S' ? SYN : name[0] == 'F' ? FIN | 0x10 : RST | 0x10);
		return true;
	}
	while (type < sizeof(messages) / sizeof(messages[0]) && strcmp(messages[type], name) != 0)
		type++;
	if (type == sizeof(messages) / sizeof(messages[0]))
		weave_fail(w, "PPTP has no message '%s'", name);
	if (!w->has_held)
		o.len = 0;
	rest.len = 0;
	octets_u16(&rest, 0);
	octets_u16(&rest, 1);
	octets_u32(&rest, 0x1A2B3C4D);
	octets_u16(&rest, type);
	octets_u16(&rest, 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(parts[i].message, name) == 0)
			put_part(w, &rest, &parts[i]);
	rest.len = weave_ordered(w, "length", (uint32_t)rest.len, (uint32_t)rest.len);
	octets_set_u16(&rest, 0, (unsigned)rest.len);
	octets_put(&o, rest.at, rest.len);
	w->has_held = weave_order(w, "hold") != NULL;
	if (w->has_held)
		return true;
	if (cut) {
		size_t n = weave_number(w, cut->value, (uint32_t)o.len);

		rest.len = 0;
		octets_put(&rest, o.at + n, o.len - n);
		o.len = n;
		frame_tcp(w, &o, PUSH_ACK);
		frame_tcp(w, &rest, PUSH_ACK);
	} else {
		frame_tcp(w, &o, PUSH_ACK);
	}
	o.len = 0;
	return true;
}

#include "pppoe_words.h"

#include "hexdump.h"
#include "pppoe.h"

uint8_t pppoe_code(struct str name)
{
	static const struct {
		const char *name;
		uint8_t code;
	} codes[] = {
		{"PADI", 0x09},       {"PADO", 0x07}, {"PADR", 0x19},
		{"PADS", PPPOE_PADS}, {"PADT", 0xa7},
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (str_is(name, codes[i].name))
			return codes[i].code;
	return 0;
}

bool mac_read(struct str s, uint8_t ret[6])
{
	bool is_mac = s.len == 17;

	for (size_t i = 0; i < 17 && is_mac; i++) {
		is_mac = i % 3 == 2 ? s.at[i] == ':' : hex_digit(s.at[i]) >= 0;
		if (is_mac && i % 3 == 1)
			ret[i / 3] = (uint8_t)(hex_digit(s.at[i - 1]) << 4 | hex_digit(s.at[i]));
	}
	return is_mac;
}

struct event *pppoe_words_event(struct speech *s, const struct spoken *line, enum sense sense,
				const struct pppoe_words *w)
{
	enum { HEADER = 6 };
	uint8_t packet[1500 + HEADER] = {0x11, w->code};
	struct defect_list defects = {.arena = s->arena};
	struct event *e = speech_event(s, line);
	size_t n = w->tags.len < 1500 ? w->tags.len : 1500;

	packet[2] = (uint8_t)(w->id >> 8);
	packet[3] = (uint8_t)w->id;
	packet[4] = (uint8_t)(n >> 8);
	packet[5] = (uint8_t)n;
	if (n)
		memcpy(packet + HEADER, w->tags.at, n);
	e->sense = sense;
	(sense == SENT ? &e->to : &e->from)->name = (struct str){0};
	e->path.has_mac = true;
	memcpy(e->path.from_mac, w->from, 6);
	memcpy(e->path.to_mac, w->to, 6);
	pppoe_decode(s->arena, arena_span(s->arena, span_of(packet, HEADER + n)), 0, e, &defects);
	e->packet = (struct span){0}; /* nobody saw these octets */
	return e;
}

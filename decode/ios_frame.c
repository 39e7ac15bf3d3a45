/* Dumps of whole frames or IP packets (`debug pppoe packets`, `contiguous pak`): read as a
 * capture's frames are.
 */
#include <pcap/dlt.h>

#include "frame.h"
#include "hex_link.h"
#include "ios_events.h"

/* How many records may stand between the line that says which way a frame went and its dump. */
enum { SAID_TO_DUMP = 4 };

static bool dumped_octets(struct arena *a, const struct log_record *r, struct span *ret)
{
	size_t n = 0;
	char *digits;

	for (size_t i = 0; i < r->n_hex; i++)
		n += r->hex[i].digits.len;
	digits = n ? arena_alloc(a, n) : NULL;
	if (!digits)
		return false;
	n = 0;
	for (size_t i = 0; i < r->n_hex; i++) {
		struct str row = r->hex[i].digits;

		for (size_t k = 0; k < row.len; k++)
			if (row.at[k] != ' ')
				digits[n++] = row.at[k];
	}
	return hex_octets(a, (struct str){digits, n}, ret);
}

enum { TYPE_AT = 12, TYPE_END = 14 }; /* of an Ethernet frame */

/* No frame and no packet of IP: nearly all dumps are of messages. */
static bool is_surely_none(const struct log_record *r)
{
	struct str row = r->hex[0].digits;
	uint8_t octets[TYPE_END] = {0};
	size_t n = 0;

	while (n < TYPE_END && 3 * n + 1 < row.len &&
	       (3 * n + 2 == row.len || row.at[3 * n + 2] == ' ') &&
	       hex_octets_into((struct str){row.at + 3 * n, 2}, &octets[n]))
		n++;
	if (n == 0 || octets[0] >> 4 == 4 || octets[0] >> 4 == 6 ||
	    (n < TYPE_END && (r->n_hex > 1 || 3 * n - 1 != row.len)))
		return false;
	return n < TYPE_END ||
	       !hex_is_ether_type((uint16_t)(octets[TYPE_AT] << 8 | octets[TYPE_AT + 1]));
}

/* The line before the dump that names a direction. */
static void find_sense(const struct window *w, size_t i, struct group *g)
{
	for (size_t k = i + 1; k-- > 0 && i - k <= SAID_TO_DUMP && !g->has_sense;)
		if (w->console[k] == w->console[i])
			g->has_sense = record_sense(&w->records[k], &g->sense);
}

/* `debug pppoe packets` shows the link layer, others begin with IP. */
static bool is_frame(int dlt)
{
	return dlt == DLT_EN10MB || dlt == DLT_RAW;
}

bool frame_read(struct window *w, size_t i, struct group *ret)
{
	struct span octets;

	if ((w->records[i].n_hex && is_surely_none(&w->records[i])) ||
	    !dumped_octets(w->arena, &w->records[i], &octets) || !is_frame(hex_link_of(octets).dlt))
		return false;
	*ret = (struct group){.kind = GROUP_FRAME, .dump = {.bytes = octets}};
	find_sense(w, i, ret);
	return true;
}

/* A line without a stamp happens when the line before it does. */
static struct moment time_of(const struct window *w, size_t i)
{
	for (size_t k = i + 1; k-- > 0 && i - k <= SAID_TO_DUMP;)
		if (w->console[k] == w->console[i] && moment_known(w->records[k].when))
			return w->records[k].when;
	return w->records[i].when;
}

bool frame_event(const struct window *w, size_t i, struct event *ret)
{
	const struct group *g = &w->groups[w->group[i]];
	struct frame f = {
		.dlt = hex_link_of(g->dump.bytes).dlt,
		.octets = g->dump.bytes,
		.original = (uint32_t)hex_link_of(g->dump.bytes).original,
		.when = time_of(w, i),
		.stamp = w->records[i].stamp,
		.origin = w->records[i].origin,
	};

	if (g->kind != GROUP_FRAME || !w->frames || !frame_decode(w->frames, &f, ret))
		return false;
	ret->origin.vantage = w->console[i];
	ret->sense = g->has_sense ? g->sense : RECEIVED;
	return true;
}

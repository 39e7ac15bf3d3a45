#include "redact_capture.h"

#include <stdlib.h>

#include <pcap/dlt.h>

#include "frame.h"
#include "inputs.h"
#include "ip.h"
#include "limits.h"
#include "linktype.h"
#include "pcapng_write.h"
#include "redact_packet.h"

enum { V4_HEADER = 20, V6_HEADER = 40 };

/* A frame that waits for its turn, and perhaps for the rest of its datagram. */
struct queued {
	struct frame frame;
	uint8_t *octets;
	bool is_waiting, is_unsafe;
	struct address source, destination;
	uint32_t id;
	size_t at, n, offset; /* its payload, and where that is in the datagram */
};

struct reading {
	struct run *run;
	struct redactor r;
	struct frame_decoder *decoder;
	struct reassembly *fragments;
	bool is_written;
	struct pcapng_writer writer;
	struct pcapng_interfaces interfaces;
	struct queued *queue;
	size_t n_queue, queue_room;
	struct redact_counts *counts;
};

/* ---- writing ---- */

static void queued_write(struct reading *g, const struct queued *q)
{
	struct frame f = q->frame;

	if (!g->is_written)
		return;
	f.octets = span_of(q->octets, f.octets.len);
	if (!q->is_unsafe && pcapng_copy(&g->writer, &g->interfaces, &f, (struct str){0}))
		g->counts->packets++;
	else
		g->counts->unwritten++;
}

/* Those at the front that wait for nothing. */
static void queue_flush(struct reading *g, bool is_end)
{
	size_t done = 0;

	while (done < g->n_queue && (is_end || !g->queue[done].is_waiting)) {
		queued_write(g, &g->queue[done]);
		free(g->queue[done++].octets);
	}
	g->n_queue -= done;
	if (done > 0 && g->n_queue > 0)
		memmove(g->queue, g->queue + done, g->n_queue * sizeof(*g->queue));
}

static struct queued *queue_put(struct reading *g, const struct frame *f)
{
	struct queued *q;

	/* what waits that long waits in vain; it is blank already */
	if (g->n_queue >= LIMIT_FRAGMENTS) {
		g->queue[0].is_waiting = false;
		queue_flush(g, false);
	}
	if (g->n_queue == g->queue_room) {
		g->queue_room = g->queue_room == 0 ? 64 : g->queue_room * 2;
		g->queue = must_grow(g->queue, g->queue_room, sizeof(*g->queue));
	}
	q = &g->queue[g->n_queue++];
	*q = (struct queued){.frame = *f, .octets = must_alloc(f->octets.len + 1, 1)};
	if (f->octets.len > 0)
		memcpy(q->octets, f->octets.at, f->octets.len);
	q->frame.comment = (struct str){0};
	q->frame.interface_name = (struct str){0};
	return q;
}

/* ---- fragments ---- */

static bool fragment_of(struct reading *g, const struct frame *f, struct ip_packet *ret)
{
	struct defect_list ignored = {.arena = g->r.scratch};
	struct link_frame link;
	size_t missing = f->original > f->octets.len ? f->original - f->octets.len : 0;

	link_decode(f->dlt, f->octets, &link);
	return link.kind == LINK_IP &&
	       ip_decode(g->r.scratch, link.payload, missing, ret, &ignored) && ret->is_fragment;
}

/* The datagram as if it had not been cut: to be freed. */
static uint8_t *datagram_make(const struct ip_packet *ip, size_t *ret_n)
{
	bool is_v6 = ip->source.family == 6;
	size_t header = is_v6 ? V6_HEADER : V4_HEADER, n = ip->payload.len, total = n;
	uint8_t *made = must_alloc(header + n, 1);

	memset(made, 0, header);
	made[0] = is_v6 ? 0x60 : 0x45;
	total += is_v6 ? 0 : header;
	made[is_v6 ? 4 : 2] = (uint8_t)(total >> 8);
	made[is_v6 ? 5 : 3] = (uint8_t)total;
	made[is_v6 ? 6 : 9] = ip->protocol;
	memcpy(made + (is_v6 ? 8 : 12), ip->source.octets, is_v6 ? 16 : 4);
	memcpy(made + (is_v6 ? 24 : 16), ip->destination.octets, is_v6 ? 16 : 4);
	memcpy(made + header, ip->payload.at, n);
	*ret_n = header + n;
	return made;
}

/* Each fragment gets its part of the datagram back. */
static void fragments_fill(struct reading *g, const struct ip_packet *ip, struct place datagram)
{
	for (size_t i = 0; i < g->n_queue; i++) {
		struct queued *q = &g->queue[i];
		struct place part;

		if (!q->is_waiting || q->id != ip->id || !address_equal(&q->source, &ip->source) ||
		    !address_equal(&q->destination, &ip->destination))
			continue;
		part = place_part(datagram, q->offset, q->n);
		if (part.n > 0)
			memcpy(q->octets + q->at, part.at, part.n);
		q->is_waiting = false;
	}
}

static void datagram_take(struct reading *g, const struct frame *f, const struct ip_packet *ip)
{
	struct frame whole = *f;
	struct event e;
	size_t n, header = ip->source.family == 6 ? V6_HEADER : V4_HEADER;
	uint8_t *octets = datagram_make(ip, &n), *copy = must_alloc(n, 1);

	memcpy(copy, octets, n);
	whole.dlt = DLT_RAW;
	whole.octets = span_of(octets, n);
	whole.original = (uint32_t)n;
	g->r.event = frame_decode(g->decoder, &whole, &e) ? &e : NULL;
	(void)redact_frame(&g->r, DLT_RAW, (struct place){.at = copy, .n = n});
	fragments_fill(g, ip, (struct place){.at = copy + header, .n = n - header});
	free(octets);
	free(copy);
}

static void fragment_take(struct reading *g, const struct frame *f, struct ip_packet *ip)
{
	struct sighting seen = {.when = f->when, .origin = f->origin};
	struct queued *q = queue_put(g, f);
	struct lost_datagram lost;

	q->is_waiting = true;
	q->source = ip->source;
	q->destination = ip->destination;
	q->id = ip->id;
	q->n = ip->payload.len;
	q->at = q->n > 0 ? (size_t)(ip->payload.at - f->octets.at) : 0;
	q->offset = ip->offset;
	g->r.event = NULL;
	q->is_unsafe =
		!redact_frame(&g->r, f->dlt, (struct place){.at = q->octets, .n = f->octets.len});
	while (reassembly_lost(g->fragments, f->when, false, &lost))
		;
	if (reassembly_take(g->fragments, g->r.scratch, &seen, ip))
		datagram_take(g, f, ip);
}

/* ---- all of it ---- */

static void take(struct reading *g, const struct frame *f)
{
	struct ip_packet ip;
	struct queued *q;
	struct event e;

	arena_reset(g->r.scratch);
	if (fragment_of(g, f, &ip)) {
		fragment_take(g, f, &ip);
		queue_flush(g, false);
		return;
	}
	q = queue_put(g, f);
	g->r.event = frame_decode(g->decoder, f, &e) ? &e : NULL;
	q->is_unsafe =
		!redact_frame(&g->r, f->dlt, (struct place){.at = q->octets, .n = f->octets.len});
	queue_flush(g, false);
}

static void reading_free(struct reading *g)
{
	free(g->queue);
	pcapng_interfaces_free(&g->interfaces);
	redact_proofs_free(g->r.proofs);
	reassembly_free(g->fragments);
	frame_decoder_free(g->decoder);
	arena_free(g->r.scratch);
}

bool redact_capture(struct run *run, struct redact_map *map, size_t index, FILE *out,
		    struct redact_counts *counts)
{
	struct source *source = inputs_open_again(run, index, SOURCE_CAPTURE, NULL);
	struct arena *scratch = arena_new(LIMIT_SCRATCH);
	struct reading g = {.run = run, .is_written = out != NULL, .counts = counts};
	struct frame f;
	bool ok = source != NULL;

	g.r = (struct redactor){
		.map = map, .proofs = redact_proofs_new(map, run->secrets), .scratch = scratch};
	g.decoder = frame_decoder_new(scratch, run->secrets, false);
	g.fragments = reassembly_new();
	if (ok && out != NULL)
		pcapng_start(&g.writer, out, "l2tpscope");
	while (ok && !run_is_interrupted(run) && source_next_frame(source, &f))
		take(&g, &f);
	queue_flush(&g, true);
	if (ok && out != NULL)
		inputs_check_again(run, index, source);
	reading_free(&g);
	source_close(source);
	return ok;
}

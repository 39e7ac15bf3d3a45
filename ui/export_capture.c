/* Packets of chosen calls: the file is read once more, and each packet is told by the step it was,
 * or by the ids in its header. Fragments wait until their datagram is whole. */
#include <inttypes.h>
#include <stdlib.h>

#include "cmd_common.h"
#include "code.h"
#include "export.h"
#include "fact.h"
#include "frame.h"
#include "inputs.h"
#include "ip.h"
#include "limits.h"
#include "linktype.h"

/* A leg of a chosen call: what its packets bear. */
struct chosen {
	uint32_t tunnel_id, session_id; /* assigned by the receiver; session 0: of the tunnel */
	struct address to;
	const struct tunnel *tunnel;
};

/* The step of a frame. */
struct stepped {
	uint64_t frame;
	const struct step *step;
};

/* A fragment that waits for its datagram. */
struct waiting {
	struct frame frame;
	struct address source, destination;
	uint32_t id;
	uint8_t *octets;
};

/* What the packets inside of L2TP begin with. */
enum inner_link { INNER_PPP, INNER_IP, INNER_ETHERNET, INNER_HDLC, INNER_LINKS };

struct reading {
	struct export *x;
	size_t input;
	struct chosen *chosen;
	size_t n_chosen, chosen_room;
	const struct tunnel **tunnels; /* of them, each once, by address */
	size_t n_tunnels;
	struct stepped *steps;
	size_t n_steps;
	struct pcapng_interfaces interfaces;
	struct waiting *waiting;
	size_t n_waiting;
	bool *calls; /* by number */
	bool has_inner[INNER_LINKS];
	uint32_t inner[INNER_LINKS];
};

/* ---- what is chosen ---- */

static int by_ids(const void *a, const void *b)
{
	const struct chosen *x = a, *y = b;

	if (x->tunnel_id != y->tunnel_id)
		return x->tunnel_id < y->tunnel_id ? -1 : 1;
	return (x->session_id > y->session_id) - (x->session_id < y->session_id);
}

static int by_address(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t) * (const struct tunnel *const *)a;
	uintptr_t y = (uintptr_t) * (const struct tunnel *const *)b;

	return (x > y) - (x < y);
}

/* All that is compared. */
static int by_all(const void *a, const void *b)
{
	const struct chosen *x = a, *y = b;
	int c = by_ids(a, b);

	if (c == 0)
		c = (x->to.family > y->to.family) - (x->to.family < y->to.family);
	if (c == 0)
		c = memcmp(x->to.octets, y->to.octets, sizeof(x->to.octets));
	return c != 0 ? c : by_address(&x->tunnel, &y->tunnel);
}

/* Each call of a tunnel names it. */
static void drop_repeats(struct reading *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_chosen; i++) {
		if (n == 0 || by_all(&r->chosen[i], &r->chosen[n - 1]) != 0)
			r->chosen[n++] = r->chosen[i];
	}
	r->n_chosen = n;
}

static void list_tunnels(struct reading *r)
{
	size_t n = 0;

	r->tunnels = must_alloc(r->n_chosen, sizeof(struct tunnel *));
	for (size_t i = 0; i < r->n_chosen; i++)
		r->tunnels[i] = r->chosen[i].tunnel;
	qsort(r->tunnels, r->n_chosen, sizeof(struct tunnel *), by_address);
	for (size_t i = 0; i < r->n_chosen; i++) {
		if (n == 0 || r->tunnels[i] != r->tunnels[n - 1])
			r->tunnels[n++] = r->tunnels[i];
	}
	r->n_tunnels = n;
}

static void choose(struct reading *r, uint32_t tunnel_id, uint32_t session_id,
		   const struct address *to, const struct tunnel *t)
{
	if (tunnel_id == 0 && session_id == 0)
		return;
	if (r->n_chosen == r->chosen_room) {
		r->chosen_room = r->chosen_room == 0 ? 64 : r->chosen_room * 2;
		r->chosen = must_grow(r->chosen, r->chosen_room, sizeof(*r->chosen));
	}
	r->chosen[r->n_chosen++] = (struct chosen){
		.tunnel_id = tunnel_id, .session_id = session_id, .to = *to, .tunnel = t};
}

static void choose_leg(struct reading *r, const struct call *c)
{
	for (int i = 0; i < 2; i++) {
		const struct call_side *side = &c->side[i];

		choose(r, side->tunnel_id, side->session_id, &side->address, c->tunnel);
		choose(r, side->tunnel_id, 0, &side->address, c->tunnel);
	}
}

static void choose_calls(struct reading *r)
{
	struct run *run = r->x->run;

	r->calls = must_alloc(run->report->last_call + 1, sizeof(*r->calls));
	memset(r->calls, 0, (run->report->last_call + 1) * sizeof(*r->calls));
	for (const struct call *c = run->report->calls; c != NULL; c = c->next) {
		if (!run_shows_call(run, c))
			continue;
		if (c->number <= run->report->last_call)
			r->calls[c->number] = true;
		choose_leg(r, c);
		for (const struct call *leg = c->legs; leg != NULL; leg = leg->next_leg)
			choose_leg(r, leg);
	}
	if (r->n_chosen > 0)
		qsort(r->chosen, r->n_chosen, sizeof(*r->chosen), by_all);
	drop_repeats(r);
	list_tunnels(r);
}

static bool is_tunnel_chosen(const struct reading *r, const struct tunnel *t)
{
	return bsearch(&t, r->tunnels, r->n_tunnels, sizeof(struct tunnel *), by_address) != NULL;
}

/* The header of a packet names a chosen call, and its receiver is an end of it. */
static bool has_chosen_ids(const struct reading *r, const struct event *e)
{
	struct chosen key = {.tunnel_id = e->l2tp.tunnel_id, .session_id = e->l2tp.session_id};
	size_t low = 0, high = r->n_chosen;

	if (!e->l2tp.is_present || !e->l2tp.has_ids || (key.session_id == 0 && !e->l2tp.is_control))
		return false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_ids(&r->chosen[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < r->n_chosen && by_ids(&r->chosen[low], &key) == 0; low++)
		if (!r->chosen[low].to.family || !e->to.address.family ||
		    address_equal(&r->chosen[low].to, &e->to.address))
			return true;
	return false;
}

/* ---- steps by frame ---- */

static int by_frame(const void *a, const void *b)
{
	const struct stepped *x = a, *y = b;

	return (x->frame > y->frame) - (x->frame < y->frame);
}

static void index_frames(struct reading *r)
{
	const struct report *report = r->x->run->report;

	r->steps = must_alloc(report->n_steps + 1, sizeof(*r->steps));
	for (size_t i = 0; i < report->n_steps; i++) {
		const struct step *s = report->steps[i];

		if (s->event->origin.input == r->input && s->event->origin.frame != 0)
			r->steps[r->n_steps++] = (struct stepped){s->event->origin.frame, s};
	}
	qsort(r->steps, r->n_steps, sizeof(*r->steps), by_frame);
}

static const struct step *step_of(const struct reading *r, uint64_t frame)
{
	struct stepped key = {.frame = frame};
	const struct stepped *found =
		bsearch(&key, r->steps, r->n_steps, sizeof(*r->steps), by_frame);

	return found == NULL ? NULL : found->step;
}

static bool is_chosen(const struct reading *r, const struct event *e, const struct step *s)
{
	const struct call *c = s == NULL ? NULL : step_call(s);

	if (c != NULL)
		return c->number <= r->x->run->report->last_call && r->calls[c->number];
	if (s != NULL && s->tunnel != NULL)
		return is_tunnel_chosen(r, step_tunnel(s)) || is_tunnel_chosen(r, s->tunnel);
	return has_chosen_ids(r, e);
}

/* ---- packets ---- */

static void say_findings(struct run *run, struct text *t, const struct step *s)
{
	const struct evidence_at *at;
	size_t n = s == NULL ? 0 : run_findings_at(run, s->event->number, &at);
	struct subject subject = run_subject(run);

	for (size_t i = 0; i < n; i++) {
		const struct finding *f = at[i].finding;

		if (t->len > 0)
			text_putc(t, '\n');
		text_printf(t, "%s %s: ", severity_word(f->severity), f->rule->id);
		text_escape(t, fact_masked(&subject, f->text));
	}
}

static void write_frame(struct reading *r, const struct frame *f, const struct step *s)
{
	struct text comment = text_make(LIMIT_OUTPUT_LINE);
	struct frame told = *f;

	text_add(&comment, f->comment);
	say_findings(r->x->run, &comment, s);
	told.comment = text_str(&comment);
	if (pcapng_copy(&r->x->writer, &r->interfaces, &told, r->x->run->names[r->input]))
		r->x->packets++;
	else
		r->x->unwritten++;
	text_free(&comment);
}

/* ---- what is inside ---- */

/* RFC 2661 3.1: where the payload of a data message begins; 0 for none. */
static size_t payload_offset(struct span message)
{
	struct bytes b = bytes_of(message);
	uint16_t flags = bytes_u16(&b);

	if ((flags & 0x800f) != 2)
		return 0;
	bytes_take(&b, flags & 0x4000 ? 6 : 4);
	if (flags & 0x0800)
		bytes_take(&b, 4);
	if (flags & 0x0200)
		bytes_take(&b, bytes_u16(&b));
	return bytes_ok(&b) ? bytes_offset(&b) : 0;
}

static uint32_t inner_interface(struct reading *r, enum inner_link link)
{
	static const struct {
		uint16_t linktype;
		const char *name;
	} links[INNER_LINKS] = {
		[INNER_PPP] = {LINKTYPE_PPP, "ppp in l2tp"},
		[INNER_IP] = {LINKTYPE_RAW, "ip in l2tp"},
		[INNER_ETHERNET] = {LINKTYPE_ETHERNET, "ethernet in l2tp"},
		[INNER_HDLC] = {LINKTYPE_C_HDLC, "hdlc in l2tp"},
	};

	if (!r->has_inner[link])
		r->inner[link] =
			pcapng_add_interface(&r->x->writer, links[link].linktype, 1,
					     str_of(links[link].name), r->x->run->names[r->input]);
	r->has_inner[link] = true;
	return r->inner[link];
}

static void write_inside(struct reading *r, const struct event *e, const struct step *s,
			 enum inner_link link, struct span octets)
{
	struct text comment = text_make(LIMIT_OUTPUT_LINE);
	uint32_t missing =
		e->path.original > e->path.captured ? e->path.original - e->path.captured : 0;

	say_findings(r->x->run, &comment, s);
	pcapng_write(&r->x->writer, &(struct pcapng_packet){
					    .interface = inner_interface(r, link),
					    .grain = 1,
					    .ns = moment_known(e->when) ? e->when.ns : 0,
					    .octets = octets,
					    .original = (uint32_t)octets.len + missing,
					    .comment = text_str(&comment),
				    });
	r->x->packets++;
	text_free(&comment);
}

/* PPP with its address and a protocol of two octets, as the link type has it; IP alone. */
static void write_inner_ppp(struct reading *r, const struct event *e, const struct step *s,
			    struct span payload)
{
	struct bytes b = bytes_of(payload);
	uint16_t protocol;
	uint8_t *octets;
	size_t n;

	if (b.left < 2)
		return;
	if (b.at[0] == 0xff && b.at[1] == 0x03)
		bytes_u16(&b);
	protocol = b.left > 0 && b.at[0] & 1 ? bytes_u8(&b) : bytes_u16(&b);
	n = b.left;
	if (protocol == PPP_IPV4 || protocol == PPP_IPV6) {
		write_inside(r, e, s, INNER_IP, span_of(b.at, n));
		return;
	}
	octets = must_alloc(n + 4, 1);
	octets[0] = 0xff;
	octets[1] = 0x03;
	octets[2] = (uint8_t)(protocol >> 8);
	octets[3] = (uint8_t)protocol;
	if (n > 0)
		memcpy(octets + 4, b.at, n);
	write_inside(r, e, s, INNER_PPP, span_of(octets, n + 4));
	free(octets);
}

/* RFC 3931 4.1: session id, cookie, sublayer, over UDP behind flags; RFC 4349, 4591, 4719: what is
 * behind them. Nothing where the layout or the type is not known. */
static void write_inner_v3(struct reading *r, const struct event *e, const struct step *s)
{
	size_t at = e->path.ip_protocol == IP_L2TP ? 4 : 8;
	struct span payload;

	at += e->l2tp.cookie_size + (e->l2tp.sublayer ? 4u : 0u);
	if (e->l2tp.is_control || !e->l2tp.has_layout || at >= e->packet.len)
		return;
	payload = span_of(e->packet.at + at, e->packet.len - at);
	switch (e->l2tp.pw_type) {
	case 0x0004: /* CODE_PW_TYPE: Ethernet VLAN, Ethernet */
	case 0x0005:
		write_inside(r, e, s, INNER_ETHERNET, payload);
		break;
	case 0x0006:
		write_inside(r, e, s, INNER_HDLC, payload);
		break;
	case 0x0007:
		write_inner_ppp(r, e, s, payload);
		break;
	case 0x000b:
		write_inside(r, e, s, INNER_IP, payload);
		break;
	default:
		break;
	}
}

static void write_inner(struct reading *r, const struct event *e, const struct step *s)
{
	size_t at = payload_offset(e->packet);

	if (e->l2tp.version == 3)
		write_inner_v3(r, e, s);
	else if (at > 0)
		write_inner_ppp(r, e, s, span_of(e->packet.at + at, e->packet.len - at));
}

/* ---- fragments ---- */

static bool fragment_of(const struct frame *f, struct arena *a, struct ip_packet *ret)
{
	struct defect_list ignored = {.arena = a};
	struct link_frame link;

	link_decode(f->dlt, f->octets, &link);
	return link.kind == LINK_IP && ip_decode(a, link.payload, 0, ret, &ignored) &&
	       ret->is_fragment;
}

static void wait_for_rest(struct reading *r, const struct frame *f, const struct ip_packet *ip)
{
	struct waiting *w;

	/* the oldest one's datagram never became whole */
	if (r->n_waiting == LIMIT_FRAGMENTS) {
		free(r->waiting[0].octets);
		memmove(r->waiting, r->waiting + 1, --r->n_waiting * sizeof(*r->waiting));
	}
	if (r->waiting == NULL)
		r->waiting = must_alloc(LIMIT_FRAGMENTS, sizeof(*r->waiting));
	w = &r->waiting[r->n_waiting++];
	*w = (struct waiting){.frame = *f,
			      .source = ip->source,
			      .destination = ip->destination,
			      .id = ip->id,
			      .octets = must_alloc(f->octets.len + 1, 1)};
	memcpy(w->octets, f->octets.at, f->octets.len);
	w->frame.octets.at = w->octets;
	w->frame.comment = (struct str){0};
}

static void fragments_end(struct reading *r, const struct ip_packet *ip, bool is_written)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->n_waiting; i++) {
		struct waiting *w = &r->waiting[i];

		if (w->id != ip->id || !address_equal(&w->source, &ip->source) ||
		    !address_equal(&w->destination, &ip->destination)) {
			r->waiting[kept++] = *w;
			continue;
		}
		if (is_written)
			write_frame(r, &w->frame, NULL);
		free(w->octets);
	}
	r->n_waiting = kept;
}

/* ---- all of it ---- */

static void take_frame(struct reading *r, struct frame_decoder *d, const struct frame *f,
		       struct arena *a)
{
	struct ip_packet ip;
	struct event e;
	bool is_event = frame_decode(d, f, &e);
	bool is_fragment = fragment_of(f, a, &ip);
	const struct step *s;
	bool is_wanted;

	if (!is_event) {
		if (is_fragment)
			wait_for_rest(r, f, &ip);
		return;
	}
	s = step_of(r, f->origin.frame);
	is_wanted = is_chosen(r, &e, s);
	if (is_fragment)
		fragments_end(r, &ip, is_wanted && !r->x->run->options->inner);
	if (!is_wanted)
		return;
	if (common_has_secret(&e))
		run_warn_secrets(r->x->run);
	if (r->x->run->options->inner)
		write_inner(r, &e, s);
	else
		write_frame(r, f, s);
}

static void reading_free(struct reading *r)
{
	for (size_t i = 0; i < r->n_waiting; i++)
		free(r->waiting[i].octets);
	free(r->waiting);
	free(r->chosen);
	free(r->tunnels);
	free(r->steps);
	pcapng_interfaces_free(&r->interfaces);
	free(r->calls);
}

void export_capture(struct export *x, size_t index)
{
	struct run *run = x->run;
	struct source *source = inputs_open_again(run, index, SOURCE_CAPTURE, NULL);
	struct arena *scratch = arena_new(LIMIT_SCRATCH);
	struct frame_decoder *d = frame_decoder_new(scratch, run->secrets, false);
	struct reading r = {.x = x, .input = index};
	struct frame f;

	if (source == NULL) {
		run_refuse("%.*s cannot be read a second time; its packets are not written",
			   STR_ARG(run->names[index]));
		run_raise(run, STATUS_INPUT);
	} else {
		choose_calls(&r);
		index_frames(&r);
		while (!run_is_interrupted(run) && source_next_frame(source, &f)) {
			struct event lost;

			arena_reset(scratch);
			while (frame_lost(d, f.when, false, &lost))
				;
			take_frame(&r, d, &f, scratch);
		}
	}
	reading_free(&r);
	frame_decoder_free(d);
	arena_free(scratch);
	source_close(source);
}

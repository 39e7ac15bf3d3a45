#include "l2tp.h"

#include <stdlib.h>

#include "code.h"
#include "ip.h"
#include "l2f.h"
#include "l2tp_peers.h"
#include "l2tpv3.h"
#include "limits.h"

enum {
	FLAG_T = 0x8000,
	FLAG_L = 0x4000,
	FLAG_S = 0x0800,
	FLAG_O = 0x0200,
	FLAG_P = 0x0100,
	/* RFC 2661 3.1 less the B and E bits of RFC 4623 5.6 */
	FLAG_RESERVED = 0x3430,
	FLAG_FRAGMENT = 0x00c0,
	VERSION_MASK = 0x000f,

	CONTROL_WORD = FLAG_T | FLAG_L | FLAG_S,
	CONTROL_FLAGS = CONTROL_WORD | FLAG_O | FLAG_P,
	CONTROL_HEADER = 12,
	AVP_HEADER = 6,
	VERSION_L2F = 1,
	VERSION_2 = 2,
	VERSION_3 = 3,
};

struct l2tp_decoder {
	struct arena *scratch;
	struct secrets *secrets;
	struct peers *peers;
	struct l2tpv3 *v3;
};

/* One message on its way through the decoder. */
struct message {
	struct l2tp_decoder *d;
	struct event *e;
	struct defect_list *defects;
	struct bytes b;  /* from the first flag octet to the last known one */
	size_t whole;    /* octets that were there, known or not */
	size_t end;      /* where the message ends by its Length, else whole */
	bool is_cut;     /* octets are missing, and it matters */
	bool is_torn;    /* Length says more than there was */
	bool is_damaged; /* the header cannot be trusted to lead to the body */
};

struct l2tp_decoder *l2tp_decoder_new(struct arena *scratch, struct secrets *secrets)
{
	struct l2tp_decoder *d = must_alloc(1, sizeof(*d));

	d->scratch = scratch;
	d->secrets = secrets;
	d->peers = peers_new();
	d->v3 = l2tpv3_new();
	return d;
}

void l2tp_decoder_free(struct l2tp_decoder *d)
{
	if (!d)
		return;
	peers_free(d->peers);
	l2tpv3_free(d->v3);
	free(d);
}

static bool is_known_message(uint64_t type)
{
	return type != ZLB && type <= UINT16_MAX && code_lookup(CODE_MESSAGE, (uint32_t)type);
}

/* The AVPs from the cursor on end exactly at `end`, as far as they are known. */
static bool chain_ends_at(struct bytes *b, size_t end)
{
	while (b->left >= AVP_HEADER) {
		size_t length = bytes_u16(b) & 0x3ffu;

		if (length < AVP_HEADER || bytes_offset(b) - 2 + length > end)
			return false;
		bytes_box(b, length - 2);
		if (!bytes_ok(b))
			return true;
	}
	return b->left == 0 || bytes_offset(b) + b->left < end;
}

bool l2tp_plausible(struct span udp_payload)
{
	struct bytes b = bytes_of(udp_payload);
	uint16_t word = bytes_u16(&b) & (uint16_t)~FLAG_FRAGMENT;
	uint16_t length = bytes_u16(&b);
	uint32_t id = bytes_u32(&b);
	uint32_t attribute;
	uint16_t first;
	uint16_t type;

	bytes_u32(&b);
	if (!bytes_ok(&b) || length < udp_payload.len)
		return false;
	if (word != (CONTROL_WORD | VERSION_2) && word != (CONTROL_WORD | VERSION_3))
		return false;
	if (length == CONTROL_HEADER)
		return id != 0;
	first = bytes_u16(&b);
	attribute = bytes_u32(&b);
	type = bytes_u16(&b);
	if (!bytes_ok(&b) || (first & 0x7fff) != 8 || attribute != 0 || !is_known_message(type))
		return false;
	return chain_ends_at(&b, length);
}

bool l2tp_has_learned(const struct l2tp_decoder *d, const struct party *from,
		      const struct party *to)
{
	return peers_has_port(d->peers, &from->address, from->port) ||
	       peers_has_port(d->peers, &to->address, to->port);
}

static __attribute__((cold, noinline)) struct defect *fault(struct message *m, enum defect_id id,
							    size_t offset)
{
	return defect_add(m->defects, id, offset);
}

/* The known octets end inside the header: the capture's fault, or the sender's. */
static __attribute__((cold)) void header_ends(struct message *m, size_t offset)
{
	fault(m, m->is_cut ? DEFECT_FRAME_CUT : DEFECT_L2TP_SHORT_HEADER, offset);
	m->is_damaged = true;
}

/* After the header was read: where does the message end? */
static void check_end(struct message *m)
{
	const struct l2tp_head *head = &m->e->l2tp;
	size_t known = bytes_offset(&m->b) + m->b.left;
	size_t field = 2;
	struct defect *d = NULL;

	if (!head->has_length)
		return;
	if (head->length == known && known == m->whole) {
		m->end = known;
		return;
	}
	if (head->length < bytes_offset(&m->b)) {
		d = fault(m, DEFECT_L2TP_LENGTH_BELOW_HEADER, field);
		m->is_damaged = true;
	} else if (head->length > m->whole) {
		d = fault(m, DEFECT_L2TP_LENGTH_EXCEEDS_UDP, field);
		m->end = m->whole;
		m->is_torn = true;
	} else {
		m->end = head->length;
	}
	if (d)
		d->text = arena_printf(m->defects->arena, "Length %u, the packet has %zu",
				       head->length, m->whole);
	if (m->end < known && !m->is_damaged) {
		d = fault(m, DEFECT_L2TP_LENGTH_TRAILING, m->end);
		if (d)
			d->text = arena_printf(m->defects->arena, "%zu more", known - m->end);
		m->b.left -= known - m->end;
	}
	m->is_cut = m->is_cut && m->end > known;
}

static void check_flags(struct message *m)
{
	const struct l2tp_head *head = &m->e->l2tp;
	struct defect *d;

	if (head->flags & FLAG_RESERVED) {
		d = fault(m, DEFECT_L2TP_RESERVED_BITS, 0);
		if (d)
			d->text = arena_printf(m->defects->arena, "flags 0x%04x", head->flags);
	}
	if (!head->is_control || (head->flags & CONTROL_FLAGS) == CONTROL_WORD)
		return;
	if (!(head->flags & FLAG_L))
		fault(m, DEFECT_L2TP_CONTROL_NO_LENGTH, 0);
	if (!(head->flags & FLAG_S))
		fault(m, DEFECT_L2TP_CONTROL_NO_SEQUENCE, 0);
	if (head->flags & FLAG_O)
		fault(m, DEFECT_L2TP_CONTROL_OFFSET, 0);
	if (head->flags & FLAG_P)
		fault(m, DEFECT_L2TP_CONTROL_PRIORITY, 0);
}

/* A field is stored only when it was there: the short cursor gives zeros. */
static void read_v2(struct message *m)
{
	struct l2tp_head *head = &m->e->l2tp;
	struct bytes b = m->b;
	struct span ids, sequence;

	check_flags(m);
	if (head->flags & FLAG_L) {
		head->length = bytes_u16(&b);
		head->has_length = bytes_ok(&b);
	}
	ids = bytes_take(&b, 4);
	head->has_ids = ids.len > 0;
	head->tunnel_id = span_u16(ids, 0);
	head->session_id = span_u16(ids, 2);
	if (head->flags & FLAG_S) {
		sequence = bytes_take(&b, 4);
		head->has_sequence = sequence.len > 0;
		head->ns = span_u16(sequence, 0);
		head->nr = span_u16(sequence, 2);
	}
	if (head->flags & FLAG_O)
		head->offset_size = bytes_u16(&b);
	if (!bytes_ok(&b)) /* before the first field of 16 bits that is not whole */
		header_ends(m, (bytes_offset(&m->b) + m->b.left) & ~(size_t)1);
	m->b = b;
}

/* RFC 3931 3.2.1, 4.1.2.1; over IP (4.1.1) a session id comes first, 0 for control. */
static void read_v3(struct message *m, bool has_word)
{
	struct l2tp_head *head = &m->e->l2tp;
	uint32_t id;
	uint16_t ns;
	uint16_t nr;

	if (!head->is_control) {
		if (has_word)
			bytes_u16(&m->b);
		head->session_id = bytes_u32(&m->b);
		head->has_ids = bytes_ok(&m->b);
	} else {
		if (!(head->flags & FLAG_L))
			fault(m, DEFECT_L2TP_CONTROL_NO_LENGTH, 0);
		if (!(head->flags & FLAG_S))
			fault(m, DEFECT_L2TP_CONTROL_NO_SEQUENCE, 0);
		head->length = bytes_u16(&m->b);
		head->has_length = bytes_ok(&m->b);
		id = bytes_u32(&m->b);
		head->has_ids = bytes_ok(&m->b);
		head->tunnel_id = head->has_ids ? id : 0;
		ns = bytes_u16(&m->b);
		nr = bytes_u16(&m->b);
		head->has_sequence = bytes_ok(&m->b);
		head->ns = head->has_sequence ? ns : 0;
		head->nr = head->has_sequence ? nr : 0;
	}
	if (!bytes_ok(&m->b))
		header_ends(m, bytes_offset(&m->b));
}

/* Host names and addresses of both ends choose the secrets; each secret once, those of `*`
 * last. */
struct choice {
	struct span secrets[LIMIT_TUNNEL_SECRETS];
	size_t n;
};

static void choose(struct choice *c, const struct secrets *secrets, struct str who)
{
	const struct secret *s;
	size_t at = 0;

	while ((s = secrets_find(secrets, SECRET_TUNNEL, who, &at))) {
		size_t i = 0;

		if (str_is(s->who, "*") != str_is(who, "*"))
			continue;
		while (i < c->n && !span_equal(c->secrets[i], s->value))
			i++;
		if (i == c->n && c->n < LIMIT_TUNNEL_SECRETS)
			c->secrets[c->n++] = s->value;
	}
}

static void choose_for(struct message *m, struct choice *c, const struct party *party)
{
	struct text text = text_make(64);
	struct str name;
	size_t at = 0;

	if (party->name.len)
		choose(c, m->d->secrets, party->name);
	while (peers_name(m->d->peers, &party->address, &at, &name))
		choose(c, m->d->secrets, name);
	address_print(&text, &party->address);
	if (text.len)
		choose(c, m->d->secrets, text_str(&text));
	text_free(&text);
}

static bool has_hidden(const struct control *c)
{
	for (size_t i = 0; i < c->n_avps; i++)
		if (c->avps[i].is_hidden)
			return true;
	return false;
}

static bool is_hidden_still(const struct control *c)
{
	for (size_t i = 0; i < c->n_avps; i++)
		if (c->avps[i].is_hidden && !c->avps[i].is_unhidden)
			return true;
	return false;
}

static const struct avp *find(const struct event *e, uint32_t number)
{
	const struct avp *avps = e->control.avps;
	size_t n = avp_set_has(&e->control.numbers, number) ? e->control.n_avps : 0;

	for (size_t i = 0; i < n; i++)
		if (avps[i].vendor == 0 && avps[i].number == number && avps[i].is_whole)
			return &avps[i];
	return NULL;
}

/* The port of L2TP itself is known everywhere (l2tp_is_learned). */
static bool learn_port(struct peers *peers, const struct party *p)
{
	return p->port == L2TP_PORT || peers_add_port(peers, &p->address, p->port);
}

/* What this message tells about its sender. */
static void learn(struct message *m)
{
	struct event *e = m->e;
	const struct avp *name = m->d->secrets ? find(e, AVP_N_HOST_NAME) : NULL;
	bool has_ports = e->from.port != L2TP_PORT || e->to.port != L2TP_PORT;
	bool fits = true;

	if (name)
		fits = peers_add_name(m->d->peers, &e->from.address, avp_text(name));
	if (has_ports && l2tp_plausible(e->packet)) {
		fits = learn_port(m->d->peers, &e->from) && fits;
		fits = learn_port(m->d->peers, &e->to) && fits;
	}
	if (!fits)
		fault(m, DEFECT_LIMIT_REACHED, 0);
}

static void assigned_ids(struct event *e)
{
	bool is_v3 = e->l2tp.version == VERSION_3;
	const struct avp *tunnel =
		find(e, is_v3 ? AVP_N_ASSIGNED_CONNECTION_ID : AVP_N_ASSIGNED_TUNNEL_ID);
	const struct avp *session =
		find(e, is_v3 ? AVP_N_LOCAL_SESSION_ID : AVP_N_ASSIGNED_SESSION_ID);
	uint64_t id;

	if (tunnel && avp_length_fits(tunnel->row, tunnel->value.len + AVP_HEADER) &&
	    avp_number(tunnel, &id))
		e->from.tunnel_id = (uint32_t)id;
	if (session && avp_length_fits(session->row, session->value.len + AVP_HEADER) &&
	    avp_number(session, &id))
		e->from.session_id = (uint32_t)id;
}

/* The type that the first AVP names; a vendor's own messages have no number here. */
static uint16_t message_type(const struct event *e)
{
	const struct avp *type = find(e, AVP_N_MESSAGE_TYPE);
	uint64_t number;

	if (!type || !avp_length_fits(type->row, type->length) || !avp_number(type, &number))
		return MESSAGE_UNKNOWN;
	/* 0 is reserved; the event says 0 for a message without AVPs. */
	return number == ZLB ? MESSAGE_UNKNOWN : (uint16_t)number;
}

/* False when the Offset Pad leads past the end of what was there or is known. */
static __attribute__((cold, noinline)) bool skip_pad(struct message *m, size_t here, size_t skip)
{
	struct defect *d;

	if (here + skip > m->end) {
		d = fault(m, DEFECT_L2TP_OFFSET_PAST_END, here - 2);
		if (d)
			d->text = arena_printf(m->defects->arena,
					       "Offset Size %zu, %zu octets are left", skip,
					       m->end - here);
		return false;
	}
	if (skip > m->b.left) {
		fault(m, DEFECT_FRAME_CUT, here + m->b.left);
		return false;
	}
	bytes_take(&m->b, skip);
	return true;
}

static inline bool skip_offset(struct message *m)
{
	size_t here = bytes_offset(&m->b);
	size_t skip = m->e->l2tp.offset_size;

	return (!skip && here <= m->end) || skip_pad(m, here, skip);
}

/* What a secret opens or proves. */
static __attribute__((cold, noinline)) void open_secrets(struct message *m, struct avp *avps,
							 size_t n)
{
	struct event *e = m->e;
	bool is_v3 = e->l2tp.version == VERSION_3;
	struct choice choice = {.n = 0};

	if (has_hidden(&e->control) || (is_v3 && m->d->secrets && l2tpv3_has_digest(e))) {
		choose_for(m, &choice, &e->to);
		choose_for(m, &choice, &e->from);
		choose(&choice, m->d->secrets, STR("*"));
		avp_reveal(m->d->scratch, avps, n, e->l2tp.version, choice.secrets, choice.n,
			   m->defects);
		if (m->d->secrets && is_hidden_still(&e->control))
			secrets_miss(m->d->secrets);
	}
	assigned_ids(e);
	if (is_v3) {
		l2tpv3_learn(m->d->v3, e, m->defects);
		l2tpv3_authenticate(m->d->v3, e, choice.secrets, choice.n, m->defects);
	}
}

static void read_control(struct message *m)
{
	struct event *e = m->e;
	struct avp *avps = NULL;
	size_t n = 0;
	size_t base;
	size_t whole;
	bool is_all;

	e->kind = EVENT_CONTROL;
	e->control.message = MESSAGE_UNKNOWN;
	if (m->is_damaged || !skip_offset(m))
		return;
	base = bytes_offset(&m->b);
	whole = m->end - base;
	if (m->is_cut)
		fault(m, DEFECT_FRAME_CUT, base + m->b.left);
	is_all = whole == 0 || avp_parse_part(m->d->scratch, bytes_rest(&m->b), whole, base,
					      e->l2tp.version, &avps, &n, m->defects);
	e->control.avps = avps;
	e->control.n_avps = n;
	e->control.numbers = avp_set_of(avps, n);
	e->control.has_numbers = true;
	e->control.is_complete = is_all && !m->is_torn;
	if (whole == 0)
		e->control.message = ZLB;
	else
		e->control.message = message_type(e);
	learn(m);
	if (e->l2tp.version == VERSION_3 || has_hidden(&e->control))
		open_secrets(m, avps, n);
	else
		assigned_ids(e);
}

static void read_data(struct message *m, struct span *ret_payload)
{
	m->e->kind = EVENT_DATA;
	if (m->is_damaged || !skip_offset(m))
		return;
	m->e->data.length = m->end - bytes_offset(&m->b);
	if (m->e->l2tp.version == VERSION_2)
		*ret_payload = bytes_rest(&m->b);
	else
		l2tpv3_payload(m->d->v3, bytes_rest(&m->b), m->e->data.length, m->e, m->defects,
			       ret_payload);
}

/* The version, or 0. L2F's checksum bit stands where L2TP's version begins. */
static uint8_t version_of(uint16_t word)
{
	unsigned version = word & VERSION_MASK;

	if (version == VERSION_2 || version == VERSION_3)
		return (uint8_t)version;
	if ((word & L2F_VERSION) == VERSION_L2F && !(word & L2F_RESERVED))
		return VERSION_L2F;
	return 0;
}

static void start_over(struct event *e)
{
	e->kind = EVENT_OTHER;
	e->l2tp = (struct l2tp_head){0};
	e->control = (struct control){0};
	e->data = (struct data){0};
}

/* Over IP, RFC 3931 4.1.1: a session id of 0 announces a control message. True when this is
 * a data message, which has no flags and no version. */
static bool is_bare_data(struct message *m, struct span *packet)
{
	struct bytes b = bytes_of(*packet);
	uint32_t session = bytes_u32(&b);

	if (!bytes_ok(&b) || session != 0 || m->e->path.ip_protocol == IP_UTI)
		return true;
	m->whole -= 4;
	*packet = bytes_rest(&b);
	m->e->packet = *packet;
	m->b = bytes_of(*packet);
	return false;
}

/* As nearly all data messages are: of version 2, whole, neither numbered nor padded. */
static inline bool is_plain_data(struct span packet, const struct event *e, size_t missing)
{
	uint16_t word = span_u16(packet, 0) & (uint16_t)~FLAG_P;

	if (missing || e->path.ip_protocol != IP_UDP || packet.len < 8)
		return false;
	return word == VERSION_2 ||
	       (word == (FLAG_L | VERSION_2) && span_u16(packet, 2) == packet.len);
}

static inline void read_plain_data(struct span packet, struct event *e, struct span *ret_payload)
{
	struct l2tp_head *head = &e->l2tp;
	size_t ids;

	head->is_present = true;
	head->version = VERSION_2;
	head->flags = span_u16(packet, 0);
	head->has_length = (head->flags & FLAG_L) != 0;
	head->length = head->has_length ? (uint16_t)packet.len : 0;
	ids = head->has_length ? 4 : 2;
	head->has_ids = true;
	head->tunnel_id = e->to.tunnel_id = span_u16(packet, ids);
	head->session_id = e->to.session_id = span_u16(packet, ids + 2);
	e->kind = EVENT_DATA;
	e->data.length = packet.len - (ids + 4);
	*ret_payload = span_of(packet.at + (ids + 4), e->data.length);
}

void l2tp_decode(struct l2tp_decoder *d, struct span packet, struct event *e,
		 struct defect_list *defects, struct span *ret_payload)
{
	size_t missing =
		e->path.original > e->path.captured ? e->path.original - e->path.captured : 0;
	struct message m = {.d = d,
			    .e = e,
			    .defects = defects,
			    .b = bytes_of(packet),
			    .whole = packet.len + missing,
			    .is_cut = missing > 0};
	struct l2tp_head *head = &e->l2tp;
	bool has_word = true;

	*ret_payload = (struct span){0};
	start_over(e);
	e->packet = packet;
	if (is_plain_data(packet, e, missing)) {
		read_plain_data(packet, e, ret_payload);
		return;
	}
	if (e->path.ip_protocol == IP_L2TP || e->path.ip_protocol == IP_UTI)
		has_word = !is_bare_data(&m, &packet);
	m.end = m.whole;
	if (has_word) {
		head->flags = bytes_u16(&m.b);
		if (!bytes_ok(&m.b)) {
			header_ends(&m, bytes_offset(&m.b));
			return;
		}
		head->version = version_of(head->flags);
		if (!head->version) {
			struct defect *bad = fault(&m, DEFECT_L2TP_BAD_VERSION, 0);

			if (bad)
				bad->text = arena_printf(defects->arena, "version %u",
							 head->flags & VERSION_MASK);
			return;
		}
		head->is_control = (head->flags & FLAG_T) != 0;
	} else {
		head->version = VERSION_3;
	}
	head->is_present = true;
	if (head->version == VERSION_L2F) {
		l2f_decode(d->scratch, packet, missing, e, defects, ret_payload);
		return;
	}
	if (head->version == VERSION_2)
		read_v2(&m);
	else
		read_v3(&m, has_word);
	if (!m.is_damaged)
		check_end(&m);
	if (m.end < packet.len && !m.is_damaged)
		e->packet.len = m.end;
	e->to.tunnel_id = head->has_ids ? head->tunnel_id : 0;
	e->to.session_id = head->has_ids ? head->session_id : 0;
	if (head->is_control)
		read_control(&m);
	else
		read_data(&m, ret_payload);
}

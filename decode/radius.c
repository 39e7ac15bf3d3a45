#include "radius.h"

#include <stdlib.h>

#include "code.h"
#include "limits.h"
#include "radius_learn.h"

enum {
	HEADER = 20,
	LONGEST = 4096, /* RFC 2865 3 */
	MESSAGE_AUTHENTICATOR = 80,
	CREDENTIAL = 128, /* a password has no more: RFC 2865 5.2 */
};

enum radius_code {
	ACCESS_REQUEST = 1,
	ACCESS_ACCEPT = 2,
	ACCOUNTING_REQUEST = 4,
	STATUS_SERVER = 12,
	STATUS_CLIENT = 13,
	DISCONNECT_REQUEST = 40,
	COA_REQUEST = 43,
};

/* A request that waits for its response. */
struct request {
	struct party client, server;
	uint8_t id;
	uint8_t authenticator[RADIUS_AUTHENTICATOR];
	uint64_t frame; /* 0: the slot is free */
	struct moment when;
	/* a User-Password that was revealed, and whose; empty otherwise */
	uint8_t user[CREDENTIAL], password[CREDENTIAL];
	uint8_t user_len, password_len;
};

struct radius_decoder {
	struct arena *scratch;
	struct secrets *secrets;
	struct request *requests; /* LIMIT_RADIUS_REQUESTS */
};

struct radius_decoder *radius_decoder_new(struct arena *scratch, struct secrets *secrets)
{
	struct radius_decoder *d = must_alloc(1, sizeof(*d));

	*d = (struct radius_decoder){.scratch = scratch, .secrets = secrets};
	return d;
}

void radius_decoder_free(struct radius_decoder *d)
{
	if (!d)
		return;
	free(d->requests);
	free(d);
}

bool radius_plausible(struct span packet, size_t missing)
{
	struct bytes b = bytes_of(packet);
	uint8_t code = bytes_u8(&b);
	uint16_t length;

	bytes_u8(&b);
	length = bytes_u16(&b);
	return packet.len + missing >= HEADER && bytes_ok(&b) && length >= HEADER &&
	       length <= LONGEST && code_name(CODE_RADIUS, code);
}

static bool is_request(uint8_t code)
{
	return code == ACCESS_REQUEST || code == ACCOUNTING_REQUEST || code == STATUS_SERVER ||
	       code == STATUS_CLIENT || code == DISCONNECT_REQUEST || code == COA_REQUEST;
}

/* FNV-1a */
static uint64_t hash_party(uint64_t seed, const struct party *p)
{
	for (size_t i = 0; i < sizeof(p->address.octets); i++)
		seed = (seed ^ p->address.octets[i]) * UINT64_C(0x100000001b3);
	return (seed ^ p->port) * UINT64_C(0x100000001b3);
}

static struct request *slot_of(struct radius_decoder *d, const struct party *client,
			       const struct party *server, uint16_t id)
{
	uint64_t key = hash_party(hash_party(UINT64_C(0xcbf29ce484222325), client), server);

	if (!d->requests) {
		d->requests = must_alloc(LIMIT_RADIUS_REQUESTS, sizeof(*d->requests));
		memset(d->requests, 0, LIMIT_RADIUS_REQUESTS * sizeof(*d->requests));
	}
	key = (key ^ id) * UINT64_C(0x100000001b3);
	return &d->requests[(key ^ key >> 32) % LIMIT_RADIUS_REQUESTS];
}

static void request_keep(struct radius_decoder *d, const struct event *e, struct span packet)
{
	struct request *slot = slot_of(d, &e->from, &e->to, e->neighbour.id);

	*slot = (struct request){.client = e->from,
				 .server = e->to,
				 .id = (uint8_t)e->neighbour.id,
				 .frame = e->origin.frame,
				 .when = e->when};
	memcpy(slot->authenticator, packet.at + 4, RADIUS_AUTHENTICATOR);
}

/* The request of a response, or NULL. */
static const struct request *request_find(struct radius_decoder *d, const struct event *e)
{
	const struct request *slot = slot_of(d, &e->to, &e->from, e->neighbour.id);
	int64_t waited = moment_minus(e->when, slot->when);

	if (slot->frame == 0 || slot->id != e->neighbour.id || waited < 0 ||
	    waited > RADIUS_WAIT_NS || !party_same_place(&slot->client, &e->to) ||
	    !party_same_place(&slot->server, &e->from))
		return NULL;
	return slot;
}

/* Offset of the Message-Authenticator's value in the packet, or 0. */
static size_t message_authenticator_offset(struct span packet)
{
	struct bytes b = bytes_of(packet);

	bytes_take(&b, HEADER);
	while (b.left >= 2) {
		uint8_t number = bytes_u8(&b);
		uint8_t length = bytes_u8(&b);

		if (number == MESSAGE_AUTHENTICATOR && length == 2 + RADIUS_AUTHENTICATOR &&
		    b.left >= RADIUS_AUTHENTICATOR)
			return bytes_offset(&b);
		if (length < 2)
			return 0;
		bytes_take(&b, length - 2u);
	}
	return 0;
}

enum proof { PROOF_NONE, PROOF_RIGHT, PROOF_WRONG };

/* What the packet's authenticators say of a secret. An Access-Request without a
 * Message-Authenticator says nothing. `vector`: the Request Authenticator, if it is known. */
static enum proof prove(struct span packet, uint8_t code, struct span vector, struct span secret)
{
	static const uint8_t zeros[RADIUS_AUTHENTICATOR];
	uint8_t expected[RADIUS_AUTHENTICATOR];
	size_t offset;

	if (code == ACCESS_REQUEST || code == STATUS_SERVER || code == STATUS_CLIENT) {
		offset = message_authenticator_offset(packet);
		if (offset == 0)
			return PROOF_NONE;
		radius_message_authenticator(packet, vector, offset, secret, expected);
		return memcmp(expected, packet.at + offset, sizeof(expected)) == 0 ? PROOF_RIGHT
										   : PROOF_WRONG;
	}
	if (is_request(code))
		vector = span_of(zeros, sizeof(zeros));
	if (vector.len == 0)
		return PROOF_NONE;
	radius_authenticator(packet, vector, secret, expected);
	return memcmp(expected, packet.at + 4, sizeof(expected)) == 0 ? PROOF_RIGHT : PROOF_WRONG;
}

struct trial {
	struct radius_decoder *d;
	struct span packet; /* whole */
	uint8_t code;
	struct radius_reading *reading;
	enum proof proof;
};

/* Tries the secrets of one address, until one is proved. Without a proof the first is taken:
 * what it reveals has to make sense then. */
static void secrets_try(struct trial *t, const struct address *who)
{
	struct text name = text_make(64);
	const struct secret *secret;
	size_t at = 0;

	address_print(&name, who);
	while (t->proof != PROOF_RIGHT &&
	       (secret = secrets_find(t->d->secrets, SECRET_RADIUS, text_str(&name), &at))) {
		t->proof = prove(t->packet, t->code, t->reading->vector, secret->value);
		if (t->proof == PROOF_WRONG || (t->reading->has_secret && t->proof == PROOF_NONE))
			continue;
		t->reading->secret = secret->value;
		t->reading->has_secret = true;
	}
	text_free(&name);
}

static void secret_choose(struct radius_decoder *d, struct span packet, struct event *e,
			  struct radius_reading *r)
{
	struct trial t = {.d = d, .packet = packet, .code = e->neighbour.code, .reading = r};
	struct value *v;

	if (!d->secrets)
		return;
	secrets_try(&t, &e->to.address);
	if (t.proof != PROOF_RIGHT)
		secrets_try(&t, &e->from.address);
	r->is_proved = t.proof == PROOF_RIGHT;
	if (t.proof == PROOF_NONE)
		return;
	v = value_add(&r->values, "radius.authenticator.valid", "Authenticator fits the secret",
		      VALUE_TRUTH, (struct span){0});
	v->number = r->is_proved;
	if (!r->is_proved)
		defect_add(r->defects, DEFECT_RADIUS_AUTHENTICATOR, 4);
}

static void length_defect(struct arena *a, const struct event *e, size_t have,
			  struct defect_list *defects)
{
	struct defect *d = defect_add(defects, DEFECT_RADIUS_LENGTH, 2);

	if (d)
		d->text = arena_printf(a, "Length %u, %zu octets are there", e->neighbour.length,
				       have);
}

static void request_tell(struct radius_decoder *d, struct event *e, const struct request *request,
			 struct value_list *values)
{
	int64_t waited = moment_minus(e->when, request->when);
	struct value *v = value_add(values, "radius.time", "Time from request in s", VALUE_TEXT,
				    (struct span){0});

	e->neighbour.request = request->frame;
	v->text = arena_printf(d->scratch, "%lld.%06lld", (long long)(waited / 1000000000),
			       (long long)(waited / 1000 % 1000000));
	v->tells = true;
	value_number(values, "radius.reqframe", "Request Frame", (struct span){0}, request->frame);
}

static void header_tell(struct span packet, const struct event *e, struct value_list *values)
{
	value_number(values, "radius.code", "Code", span_of(packet.at, 1), e->neighbour.code)
		->meaning = code_name(CODE_RADIUS, e->neighbour.code);
	value_number(values, "radius.id", "Packet identifier", span_of(packet.at + 1, 1),
		     e->neighbour.id);
	value_number(values, "radius.length", "Length", span_of(packet.at + 2, 2),
		     e->neighbour.length);
	value_octets(values, "radius.authenticator", "Authenticator",
		     span_of(packet.at + 4, RADIUS_AUTHENTICATOR));
}

static uint8_t credential_keep(uint8_t ret[CREDENTIAL], struct str s)
{
	if (s.len == 0 || s.len > CREDENTIAL)
		return 0;
	memcpy(ret, s.at, s.len);
	return (uint8_t)s.len;
}

/* What the server will say of the password is not known yet. */
static void password_keep(struct radius_decoder *d, const struct event *e,
			  const struct value_list *l)
{
	const struct value *user = value_find(l->at, l->n, "radius.User_Name");
	const struct value *password = value_find(l->at, l->n, "radius.User_Password");
	struct request *slot = slot_of(d, &e->from, &e->to, e->neighbour.id);

	if (!user || !password || !password->is_secret || password->kind != VALUE_TEXT)
		return;
	slot->user_len = credential_keep(slot->user, user->text);
	slot->password_len = credential_keep(slot->password, password->text);
}

/* A password that the server accepted is the user's. */
static void password_learn(struct radius_decoder *d, const struct request *request)
{
	struct secret x = {
		.kind = SECRET_USER,
		.who = {.at = (const char *)request->user, .len = request->user_len},
		.value = span_of(request->password, request->password_len),
		.is_learned = true,
	};

	if (!request->user_len || !request->password_len)
		return;
	x.origin = arena_printf(d->scratch, "the accepted RADIUS request in frame %llu",
				(unsigned long long)request->frame);
	secrets_put(d->secrets, &x);
}

static void learn(struct radius_decoder *d, const struct event *e, struct radius_reading *r,
		  const struct request *request)
{
	if (!d->secrets)
		return;
	if (e->neighbour.code == ACCESS_REQUEST) {
		password_keep(d, e, &r->values);
		radius_check_user(d->secrets, &r->values, r->vector);
	}
	if (e->neighbour.code != ACCESS_ACCEPT)
		return;
	radius_learn_tunnel(d->secrets, r->values.at, r->values.n,
			    arena_printf(d->scratch, "the RADIUS reply in frame %llu",
					 (unsigned long long)e->origin.frame));
	if (request && r->is_proved)
		password_learn(d, request);
}

void radius_decode(struct radius_decoder *d, struct span packet, size_t missing, struct event *e,
		   struct defect_list *defects)
{
	struct radius_reading r = {.values = {.arena = d->scratch},
				   .defects = defects,
				   .start = packet.at,
				   .is_cut = missing > 0};
	struct bytes b = bytes_of(packet);
	const struct request *request = NULL;

	e->kind = EVENT_RADIUS;
	e->packet = packet;
	e->neighbour.code = bytes_u8(&b);
	e->neighbour.id = bytes_u8(&b);
	e->neighbour.length = bytes_u16(&b);
	bytes_take(&b, RADIUS_AUTHENTICATOR);
	if (!bytes_ok(&b) || e->neighbour.length < HEADER) {
		if (missing == 0)
			length_defect(d->scratch, e, packet.len, defects);
		return;
	}
	header_tell(packet, e, &r.values);
	if (e->neighbour.length > packet.len + missing)
		length_defect(d->scratch, e, packet.len + missing, defects);
	if (e->neighbour.length < packet.len) /* the rest is padding: RFC 2865 3 */
		packet.len = e->neighbour.length;
	if (is_request(e->neighbour.code)) {
		r.vector = span_of(packet.at + 4, RADIUS_AUTHENTICATOR);
		request_keep(d, e, packet);
	} else {
		request = request_find(d, e);
	}
	if (request) {
		r.vector = arena_span(d->scratch,
				      span_of(request->authenticator, RADIUS_AUTHENTICATOR));
		request_tell(d, e, request, &r.values);
	}
	if (e->neighbour.length == packet.len)
		secret_choose(d, packet, e, &r);
	radius_attributes_read(&r, span_of(packet.at + HEADER, packet.len - HEADER));
	learn(d, e, &r, request);
	e->values = r.values.at;
	e->n_values = r.values.n;
}

/* A bare line without direction: packets show no sender. An end is known by its magic number, by
 * the request that an answer answers, by its name, and by the identifiers it counts. */
#include "link.h"

enum { PROTOCOLS = 8 };

struct asked {
	uint16_t protocol;
	bool is_open[2]; /* [end] a request waits for its answer */
	bool is_refused[2];
	bool wants[2]; /* an address: 0.0.0.0 is asked for, a Nak gives it (RFC 1332 3.3) */
	uint8_t id[2];
	uint32_t digest[2]; /* of the request's options */
	uint32_t count[2];
};

struct link_ends {
	bool has_magic[2];
	uint32_t magic[2];
	bool demands[2]; /* its last LCP request asks for authentication */
	struct str name[2];
	uint8_t last_id[2]; /* of LCP */
	bool has_id[2];
	struct asked asked[PROTOCOLS];
	size_t n;
	unsigned last;
};

static struct asked *asked_of(struct link_ends *e, uint16_t protocol)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->asked[i].protocol == protocol)
			return &e->asked[i];
	if (e->n == PROTOCOLS)
		return &e->asked[PROTOCOLS - 1];
	e->asked[e->n].protocol = protocol;
	e->n++;
	return &e->asked[e->n - 1];
}

static bool magic_of(const struct ppp *p, uint32_t *ret)
{
	const struct ppp_option *o = option_find(p->options, p->n_options, 5);
	struct bytes b;

	if (p->protocol != PPP_LCP)
		return false;
	if (p->has_magic) {
		*ret = p->magic;
		return p->magic != 0;
	}
	if (!o || o->value.len != 4)
		return false;
	b = bytes_of(o->value);
	*ret = bytes_u32(&b);
	return *ret != 0;
}

static int end_with_magic(const struct link_ends *e, uint32_t magic)
{
	for (int i = 0; i < 2; i++)
		if (e->has_magic[i] && e->magic[i] == magic)
			return i;
	return -1;
}

static uint32_t digest_of(const struct ppp *p)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < p->body.len; i++)
		h = (h ^ p->body.at[i]) * 16777619u;
	return h;
}

/* The next identifier of an end that counts. */
static int end_that_counts(const struct link_ends *e, uint8_t id)
{
	int found = -1;

	for (int i = 0; i < 2; i++) {
		uint8_t ahead = (uint8_t)(id - e->last_id[i]);

		if (!e->has_id[i] || ahead == 0 || ahead > 8)
			continue;
		if (found >= 0)
			return -1;
		found = i;
	}
	return found;
}

/* The end that lets the other in, where only one asks for authentication; −1: not known. */
static int authenticator(const struct link_ends *e)
{
	if (e->demands[0] == e->demands[1])
		return -1;
	return e->demands[0] ? 0 : 1;
}

static bool wants_address(const struct ppp *p)
{
	static const uint8_t none[4];
	const struct ppp_option *o =
		p->protocol == PPP_IPCP ? option_find(p->options, p->n_options, 3) : NULL;

	return o && o->value.len == sizeof(none) && memcmp(o->value.at, none, sizeof(none)) == 0;
}

static unsigned requester(const struct link_ends *e, const struct ppp *p, const struct asked *a)
{
	uint32_t digest = digest_of(p), magic;
	int end;

	if (magic_of(p, &magic)) {
		end = end_with_magic(e, magic);
		if (end >= 0)
			return (unsigned)end;
		if (e->has_magic[0] && !e->has_magic[1])
			return 1;
		if (e->has_magic[1] && !e->has_magic[0])
			return 0;
	}
	for (unsigned i = 0; i < 2; i++)
		if (a->count[i] && a->digest[i] == digest)
			return i;
	for (unsigned i = 0; i < 2; i++)
		if (a->is_refused[i] && !a->is_refused[1 - i])
			return i;
	for (unsigned i = 0; i < 2; i++)
		if (a->is_open[i] && !a->count[1 - i])
			return 1 - i;
	end = p->protocol == PPP_LCP ? end_that_counts(e, p->id) : -1;
	if (end >= 0)
		return (unsigned)end;
	end = authenticator(e);
	if (end >= 0 && p->protocol == PPP_IPCP && !a->count[0] && !a->count[1])
		return wants_address(p) ? 1u - (unsigned)end : (unsigned)end;
	return a->count[0] && !a->count[1] ? 1 : 0;
}

/* Whose request it answers; the other end sends the answer. */
static unsigned answerer(const struct link_ends *e, const struct ppp *p, const struct asked *a)
{
	uint32_t magic, digest = digest_of(p);
	bool fits[2];
	int end;

	if (p->code == CP_CONFACK && magic_of(p, &magic)) {
		end = end_with_magic(e, magic);
		if (end >= 0)
			return 1u - (unsigned)end;
	}
	for (int i = 0; i < 2; i++)
		fits[i] = a->is_open[i] && a->id[i] == p->id;
	if (fits[0] && fits[1] && p->code == CP_CONFACK)
		return a->digest[1] == digest && a->digest[0] != digest ? 0 : 1;
	if (fits[0] != fits[1])
		return fits[0] ? 1 : 0;
	if (fits[0] && p->code == CP_CONFNAK && a->wants[0] != a->wants[1])
		return a->wants[0] ? 1 : 0;
	return 1 - e->last;
}

static unsigned control_sender(struct link_ends *e, const struct ppp *p)
{
	struct asked *a = asked_of(e, p->protocol);
	uint32_t magic;
	unsigned from;
	int end = -1;

	switch (p->code) {
	case CP_CONFREQ:
		from = requester(e, p, a);
		a->is_open[from] = true;
		a->is_refused[from] = false;
		a->id[from] = p->id;
		a->digest[from] = digest_of(p);
		a->count[from]++;
		a->wants[from] = wants_address(p);
		if (p->protocol == PPP_LCP)
			e->demands[from] = option_find(p->options, p->n_options, 3) != NULL;
		if (magic_of(p, &magic)) {
			e->has_magic[from] = true;
			e->magic[from] = magic;
		}
		break;
	case CP_CONFACK:
	case CP_CONFNAK:
	case CP_CONFREJ:
		from = answerer(e, p, a);
		a->is_open[1 - from] = false;
		a->is_refused[1 - from] = p->code != CP_CONFACK;
		return from;
	case CP_TERMACK:
		return 1 - e->last;
	default:
		if (magic_of(p, &magic))
			end = end_with_magic(e, magic);
		if (end < 0)
			end = end_that_counts(e, p->id);
		from = end >= 0 ? (unsigned)end : e->last;
		if (p->code > CP_TERMREQ && p->code != 9)
			return from;
		break;
	}
	if (p->protocol == PPP_LCP) {
		e->last_id[from] = p->id;
		e->has_id[from] = true;
	}
	return from;
}

static int end_with_name(const struct link_ends *e, struct str name)
{
	for (int i = 0; i < 2; i++)
		if (name.len && str_equal(e->name[i], name))
			return i;
	return -1;
}

/* PAP is asked by the peer; CHAP and EAP by the authenticator. */
static unsigned auth_sender(struct context *c, struct link_ends *e, const struct ppp *p)
{
	struct asked *a = asked_of(e, p->protocol);
	bool is_pap = p->protocol == PPP_PAP;
	bool asks = p->code == 1;
	bool keeps_open = !is_pap && p->code == CHAP_RESPONSE;
	int end = end_with_name(e, p->name);
	unsigned from;

	if (end >= 0)
		from = (unsigned)end;
	else if (p->name.len && (e->name[0].len || e->name[1].len))
		from = e->name[0].len ? 1 : 0;
	else if (asks && authenticator(e) >= 0)
		from = is_pap ? 1u - (unsigned)authenticator(e) : (unsigned)authenticator(e);
	else if (asks)
		from = a->is_open[0] && a->id[0] != p->id && !a->count[1] ? 1 : 0;
	else if (a->is_open[0] != a->is_open[1])
		from = a->is_open[0] == (keeps_open || is_pap) ? 1 : 0;
	else
		from = 1 - e->last;
	if (asks) {
		a->is_open[from] = true;
		a->id[from] = p->id;
		a->count[from]++;
	} else if (!keeps_open) {
		a->is_open[is_pap ? 1 - from : from] = false;
	}
	if (p->name.len && !e->name[from].len)
		e->name[from] = keep(c, p->name);
	return from;
}

unsigned link_ends_guess(struct context *c, struct link_ends **ends)
{
	const struct ppp *p = &c->event->ppp;

	if (!*ends)
		*ends = arena_alloc(c->arena, sizeof(**ends));
	if (!*ends)
		return 0;
	(*ends)->last = p->protocol == PPP_PAP || p->protocol == PPP_CHAP || p->protocol == PPP_EAP
				? auth_sender(c, *ends, p)
				: control_sender(*ends, p);
	return (*ends)->last;
}

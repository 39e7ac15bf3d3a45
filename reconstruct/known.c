#include "known.h"

#include "arena_room.h"

/* ---- of a link ---- */

#define UNSPOKEN(protocol, machine, state)                                                         \
	{                                                                                          \
		protocol,                                                                          \
		{                                                                                  \
			{.end = {machine, state}},                                                 \
			{                                                                          \
				.end = { machine, state }                                          \
			}                                                                          \
		}                                                                                  \
	}
#define UNSPOKEN_LINK(state)                                                                       \
	{                                                                                          \
		[CP_LCP] = UNSPOKEN(PPP_LCP, MACHINE_LCP, state),                                  \
		[CP_IPCP] = UNSPOKEN(PPP_IPCP, MACHINE_CP, state),                                 \
		[CP_IPV6CP] = UNSPOKEN(PPP_IPV6CP, MACHINE_CP, state),                             \
		[CP_CCP] = UNSPOKEN(PPP_CCP, MACHINE_CP, state),                                   \
		[CP_OTHER] = UNSPOKEN(0, MACHINE_CP, state),                                       \
		[CP_LCP_AT_LAC] = UNSPOKEN(PPP_LCP, MACHINE_LCP, state),                           \
	}

const struct cp link_unspoken[2][ALL_CP] = {
	UNSPOKEN_LINK(CP_STATE_UNKNOWN),
	UNSPOKEN_LINK(CP_STATE_INITIAL),
};

const struct auth link_unasked[2] = {
	{.authenticator = {MACHINE_AUTHENTICATOR, AUTH_UNKNOWN},
	 .peer = {MACHINE_AUTHENTICATED, AUTH_UNKNOWN}},
	{.authenticator = {MACHINE_AUTHENTICATOR, AUTH_IDLE},
	 .peer = {MACHINE_AUTHENTICATED, AUTH_IDLE}},
};

void link_begin_parts(struct ppp_link *l, bool is_fresh)
{
	l->is_fresh = is_fresh;
	for (size_t k = 0; k < ALL_CP; k++)
		for (int i = 0; l->cp[k] && i < 2; i++)
			l->cp[k]->side[i].end = link_unspoken[is_fresh][k].side[i].end;
	for (int i = 0; i < 2; i++) {
		if (!l->auth[i])
			continue;
		l->auth[i]->authenticator = link_unasked[is_fresh].authenticator;
		l->auth[i]->peer = link_unasked[is_fresh].peer;
	}
}

struct cp *link_cp_make(struct arena *a, struct ppp_link *l, size_t which)
{
	static struct cp spare;
	struct cp *cp = l->cp[which];

	if (cp)
		return cp;
	cp = l->cp[which] = arena_room(a, sizeof(*cp));
	if (!cp)
		cp = &spare;
	*cp = link_unspoken[l->is_fresh][which];
	return cp;
}

struct auth *link_auth_make(struct arena *a, struct ppp_link *l, size_t side)
{
	static struct auth spare;
	struct auth *auth = l->auth[side];

	if (auth)
		return auth;
	auth = l->auth[side] = arena_room(a, sizeof(*auth));
	if (!auth)
		auth = &spare;
	*auth = link_unasked[l->is_fresh];
	return auth;
}

const struct link_rare *link_rare(const struct ppp_link *l)
{
	static const struct link_rare none;

	return l->rare ? l->rare : &none;
}

struct link_rare *link_rare_make(struct arena *a, struct ppp_link *l)
{
	static struct link_rare spare;

	if (!l->rare)
		l->rare = arena_alloc(a, sizeof(spare));
	if (l->rare)
		return l->rare;
	memset(&spare, 0, sizeof(spare));
	return &spare;
}

/* ---- of a control protocol ---- */

const struct mark *cp_closed(const struct cp *cp)
{
	static const struct mark never;

	return cp->closed ? cp->closed : &never;
}

void cp_close(struct arena *a, struct cp *cp, struct mark mark)
{
	if (!cp->closed)
		cp->closed = arena_alloc(a, sizeof(*cp->closed));
	if (cp->closed && !cp->closed->is_set)
		*cp->closed = mark;
}

/* ---- of one side of it ---- */

const struct cp_part *side_part(const struct cp_side *side, enum cp_part_kind kind)
{
	const struct cp_part *part = side->parts;

	while (part && part->kind != kind)
		part = part->next;
	return part;
}

/* `size` octets, or `spare`, where there is no room. */
static void *part_make(struct arena *a, struct cp_side *side, enum cp_part_kind kind, size_t size,
		       void *spare)
{
	struct cp_part *part = side->parts;

	while (part && part->kind != kind)
		part = part->next;
	if (part)
		return part;
	part = arena_alloc(a, size);
	if (!part)
		return memset(spare, 0, size);
	*part = (struct cp_part){.next = side->parts, .kind = kind};
	side->parts = part;
	return part;
}

const struct mark *side_first_request(const struct cp_side *side)
{
	const struct cp_again *again = (const void *)side_part(side, CP_AGAIN);

	return again ? &again->first : &side->last_request;
}

struct cp_again *side_again_make(struct arena *a, struct cp_side *side)
{
	static struct cp_again spare;
	struct cp_again *again = part_make(a, side, CP_AGAIN, sizeof(spare), &spare);

	if (!again->first.is_set)
		again->first = side->last_request;
	return again;
}

const struct cp_refusal *side_refusal(const struct cp_side *side)
{
	static const struct cp_refusal none;
	const void *part = side_part(side, CP_REFUSAL);

	return part ? part : &none;
}

struct cp_refusal *side_refusal_make(struct arena *a, struct cp_side *side)
{
	static struct cp_refusal spare;

	return part_make(a, side, CP_REFUSAL, sizeof(spare), &spare);
}

const struct cp_ending *side_ending(const struct cp_side *side)
{
	static const struct cp_ending none;
	const void *part = side_part(side, CP_ENDING);

	return part ? part : &none;
}

struct cp_ending *side_ending_make(struct arena *a, struct cp_side *side)
{
	static struct cp_ending spare;

	return part_make(a, side, CP_ENDING, sizeof(spare), &spare);
}

const struct cp_echo *side_echo(const struct cp_side *side)
{
	static const struct cp_echo none;
	const void *part = side_part(side, CP_ECHO);

	return part ? part : &none;
}

struct cp_echo *side_echo_make(struct arena *a, struct cp_side *side)
{
	static struct cp_echo spare;

	return part_make(a, side, CP_ECHO, sizeof(spare), &spare);
}

uint32_t side_echo_replies(const struct cp_side *side)
{
	const struct cp_replies *replies = (const void *)side_part(side, CP_REPLIES);

	return replies ? replies->n : 0;
}

struct cp_replies *side_replies_make(struct arena *a, struct cp_side *side)
{
	static struct cp_replies spare;

	return part_make(a, side, CP_REPLIES, sizeof(spare), &spare);
}

const struct cp_claim *side_claim(const struct cp_side *side)
{
	static const struct cp_claim none;
	const void *part = side_part(side, CP_CLAIM);

	return part ? part : &none;
}

struct cp_claim *side_claim_make(struct arena *a, struct cp_side *side)
{
	static struct cp_claim spare;

	return part_make(a, side, CP_CLAIM, sizeof(spare), &spare);
}

const struct cp_moved *side_moved(const struct cp_side *side)
{
	static const struct cp_moved none;
	const void *part = side_part(side, CP_MOVED);

	return part ? part : &none;
}

struct cp_moved *side_moved_make(struct arena *a, struct cp_side *side)
{
	static struct cp_moved spare;

	return part_make(a, side, CP_MOVED, sizeof(spare), &spare);
}

/* ---- of a session ---- */

const struct ending *session_cdn(const struct session *s)
{
	static const struct ending none;

	return s->cdn ? s->cdn : &none;
}

struct ending *session_cdn_make(struct arena *a, struct session *s)
{
	static struct ending spare;

	if (!s->cdn)
		s->cdn = arena_alloc(a, sizeof(spare));
	if (s->cdn)
		return s->cdn;
	memset(&spare, 0, sizeof(spare));
	return &spare;
}

const struct session_told *session_told(const struct session *s)
{
	static const struct session_told none;

	return s->told ? s->told : &none;
}

struct session_told *session_told_make(struct arena *a, struct session *s)
{
	static struct session_told spare;

	if (!s->told)
		s->told = arena_alloc(a, sizeof(spare));
	if (s->told)
		return s->told;
	memset(&spare, 0, sizeof(spare));
	return &spare;
}

const struct session_circuit *session_circuit(const struct session *s)
{
	static const struct session_circuit none;

	return s->circuit ? s->circuit : &none;
}

struct session_circuit *session_circuit_make(struct arena *a, struct session *s)
{
	static struct session_circuit spare;

	if (!s->circuit)
		s->circuit = arena_alloc(a, sizeof(spare));
	if (s->circuit)
		return s->circuit;
	memset(&spare, 0, sizeof(spare));
	return &spare;
}

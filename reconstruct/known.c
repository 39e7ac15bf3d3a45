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

/* ---- of one side of a control protocol ---- */

const struct cp_refusal *side_refusal(const struct cp_side *side)
{
	static const struct cp_refusal none;

	return side->refusal ? side->refusal : &none;
}

struct cp_refusal *side_refusal_make(struct arena *a, struct cp_side *side)
{
	static struct cp_refusal spare;

	if (!side->refusal)
		side->refusal = arena_alloc(a, sizeof(spare));
	if (side->refusal)
		return side->refusal;
	memset(&spare, 0, sizeof(spare));
	return &spare;
}

const struct cp_ending *side_ending(const struct cp_side *side)
{
	static const struct cp_ending none;

	return side->ending ? side->ending : &none;
}

struct cp_ending *side_ending_make(struct arena *a, struct cp_side *side)
{
	static struct cp_ending spare;

	if (!side->ending)
		side->ending = arena_alloc(a, sizeof(spare));
	if (side->ending)
		return side->ending;
	memset(&spare, 0, sizeof(spare));
	return &spare;
}

const struct cp_echo *side_echo(const struct cp_side *side)
{
	static const struct cp_echo none;

	return side->echo ? side->echo : &none;
}

struct cp_echo *side_echo_make(struct arena *a, struct cp_side *side)
{
	static struct cp_echo spare;

	if (!side->echo)
		side->echo = arena_alloc(a, sizeof(spare));
	if (side->echo)
		return side->echo;
	memset(&spare, 0, sizeof(spare));
	return &spare;
}

const struct cp_claim *side_claim(const struct cp_side *side)
{
	static const struct cp_claim none;

	return side->claim ? side->claim : &none;
}

struct cp_claim *side_claim_make(struct arena *a, struct cp_side *side)
{
	static struct cp_claim spare;

	if (!side->claim)
		side->claim = arena_alloc(a, sizeof(spare));
	if (side->claim)
		return side->claim;
	memset(&spare, 0, sizeof(spare));
	return &spare;
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

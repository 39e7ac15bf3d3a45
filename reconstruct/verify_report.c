#include "observer.h"
#include "secrets.h"
#include "stages.h"
#include "verify.h"

/* One challenge and the response it got. */
struct exchange {
	struct span challenge, response;
	uint8_t type; /* of the message that carried the response (RFC 2661 5.1.1) */
	const struct mark *mark;
};

static size_t tunnel_exchanges(const struct tunnel *t, struct exchange ret[2])
{
	size_t n = 0;

	for (int i = 0; i < 2; i++) {
		const struct peer *asked = &t->peer[1 - i];
		uint8_t type = i == INITIATOR ? SCCRP : SCCCN;

		if (!t->peer[i].challenge.len || asked->response.len != 16)
			continue;
		ret[n++] = (struct exchange){
			.challenge = t->peer[i].challenge,
			.response = asked->response,
			.type = asked->response_in ? asked->response_in : type,
			.mark = &asked->response_mark,
		};
	}
	return n;
}

static bool exchange_fits(const struct exchange *x, struct span secret)
{
	uint8_t expected[16];

	verify_tunnel_response(x->type, secret, x->challenge, expected);
	return span_equal(x->response, span_of(expected, sizeof(expected)));
}

/* How many of the exchanges fit; `wrong` is the first that does not. */
static size_t exchanges_fit(const struct exchange *x, size_t n, struct span secret,
			    const struct exchange **wrong)
{
	size_t fit = 0;

	*wrong = NULL;
	for (size_t i = 0; i < n; i++) {
		if (exchange_fits(&x[i], secret))
			fit++;
		else if (!*wrong)
			*wrong = &x[i];
	}
	return fit;
}

/* Who the secrets may be written for: names and addresses of both ends. */
static size_t tunnel_owners(struct report *r, const struct tunnel *t, struct str ret[4])
{
	size_t n = 0;

	for (int i = 0; i < 2; i++) {
		struct text address = text_make(64);

		if (t->peer[i].name.len)
			ret[n++] = t->peer[i].name;
		address_print(&address, &t->peer[i].address);
		if (address.len)
			ret[n++] = arena_str(r->arena, text_str(&address));
		text_free(&address);
	}
	if (n == 0)
		ret[n++] = STR("*");
	return n;
}

static struct str secret_origin(const struct secret *s)
{
	if (s->origin.len)
		return s->origin;
	return s->is_learned ? STR("the input itself") : STR("--secrets");
}

struct fitting {
	const struct secret *secret;
	const struct exchange *wrong;
	size_t fit;
};

static struct fitting best_secret(const struct secrets *secrets, const struct str *owners,
				  size_t n_owners, const struct exchange *x, size_t n)
{
	struct fitting best = {0};

	for (size_t i = 0; i < n_owners; i++) {
		const struct secret *s;
		size_t at = 0;

		while ((s = secrets_find(secrets, SECRET_TUNNEL, owners[i], &at))) {
			const struct exchange *wrong;
			size_t fit = exchanges_fit(x, n, s->value, &wrong);

			if (!best.secret || fit > best.fit ||
			    (!s->is_learned && fit == best.fit && best.secret->is_learned))
				best = (struct fitting){.secret = s, .wrong = wrong, .fit = fit};
			if (fit == n)
				return best;
		}
	}
	return best;
}

static void verify_tunnel(struct report *r, struct tunnel *t, const struct secrets *secrets)
{
	struct exchange x[2];
	struct str owners[4];
	size_t n = tunnel_exchanges(t, x);
	struct fitting a;

	if (t->peer[INITIATOR].challenge.len || t->peer[RESPONDER].challenge.len)
		t->auth_used = true;
	if (n == 0 || !secrets)
		return;
	a = best_secret(secrets, owners, tunnel_owners(r, t, owners), x, n);
	if (!a.secret)
		return;
	t->auth_secret_from = secret_origin(a.secret);
	if (a.fit == n) {
		t->auth_verified = TRUTH_TRUE;
		return;
	}
	/* A learned secret may belong to another group; only a tunnel that failed is judged by
	 * it, and by none that was meant for other ends. */
	if (a.secret->is_vague || (a.secret->is_learned && t->auth_result == RESULT_SUCCESS)) {
		t->auth_secret_from = (struct str){0};
		return;
	}
	t->auth_verified = TRUTH_FALSE;
	if (a.wrong && a.wrong->mark)
		t->auth_wrong = *a.wrong->mark;
}

static bool auth_fits(const struct auth *a, const struct secret *s)
{
	if (a->protocol == PPP_PAP)
		return span_equal(a->response, s->value);
	if (a->protocol == PPP_EAP)
		return verify_chap(a->eap_method == EAP_MSCHAPV2 ? CHAP_MSV2 : CHAP_MD5,
				   a->response_id, a->peer_name, s->value, a->challenge,
				   a->response);
	return verify_chap(a->algorithm ? a->algorithm : CHAP_MD5, a->response_id, a->peer_name,
			   s->value, a->challenge, a->response);
}

/* RFC 2759 5: the Success proves that the authenticator knows the password, too. */
static enum truth answer_fits(const struct auth *a, const struct secret *s)
{
	enum { PROOF = 42 };
	size_t at = str_find(a->message, STR("S="));
	char expected[PROOF + 1];

	if (a->algorithm != CHAP_MSV2 || a->result != RESULT_SUCCESS || at == SIZE_MAX ||
	    a->message.len - at < PROOF)
		return TRUTH_UNKNOWN;
	verify_mschapv2_success(a->peer_name, s->value, a->challenge, a->response, expected);
	return str_equal_nocase((struct str){a->message.at + at, PROOF}, str_of(expected))
		       ? TRUTH_TRUE
		       : TRUTH_FALSE;
}

static void verify_auth(struct auth *a, const struct secrets *secrets)
{
	const struct secret *s, *tried = NULL;
	size_t at = 0;

	if (!secrets || !a->peer_name.len || !a->response.len)
		return;
	if (a->protocol == PPP_EAP && !a->eap_method)
		return;
	if (a->protocol != PPP_PAP && !a->challenge.len)
		return;
	while ((s = secrets_find(secrets, SECRET_USER, a->peer_name, &at))) {
		if (auth_fits(a, s)) {
			a->verified = TRUTH_TRUE;
			a->verified_with = secret_origin(s);
			a->answer_verified = (uint8_t)answer_fits(a, s);
			return;
		}
		if (!tried || tried->is_learned)
			tried = s;
	}
	if (!tried || (tried->is_learned && a->result == RESULT_SUCCESS))
		return;
	a->verified = TRUTH_FALSE;
	a->verified_with = secret_origin(tried);
}

void verify_report(struct report *r, struct secrets *secrets)
{
	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t)) {
		if (!t->goes_on)
			verify_tunnel(r, t, secrets);
		for (struct session *s = t->sessions; s; s = session_after(s))
			for (int i = 0; i < 2; i++)
				if (s->ppp.auth[i])
					verify_auth(s->ppp.auth[i], secrets);
	}
}

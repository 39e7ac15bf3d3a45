#include "radius_learn.h"

#include "code.h"
#include "verify.h"

/* The name of an end as the Accept has it: an address, or what it calls itself in AVP 7. */
static bool names_an_end(const struct value *v)
{
	static const char *const fields[] = {
		"radius.Tunnel_Client_Endpoint", "radius.Tunnel_Server_Endpoint",
		"radius.Tunnel_Client_Auth_Id", "radius.Tunnel_Server_Auth_Id"};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(v->field, fields[i]) == 0)
			return true;
	return false;
}

static bool is_end_separator(char c)
{
	return c == ' ' || c == ',' || c == '/';
}

/* One secret for each name in `names`: an endpoint may be a list of addresses. */
static bool put_for(struct secrets *s, struct secret *x, struct str names)
{
	bool is_put = false;

	while (names.len > 0) {
		size_t n = 0;

		while (n < names.len && !is_end_separator(names.at[n]))
			n++;
		x->who = (struct str){.at = names.at, .len = n};
		if (n > 0)
			secrets_put(s, x);
		is_put = is_put || n > 0;
		names = str_from(names, n < names.len ? n + 1 : n);
	}
	return is_put;
}

static bool pair_is(const struct value *v, const char *name, struct str *ret)
{
	size_t n = strlen(name);

	if (!str_starts(v->text, name) || v->text.len <= n ||
	    (v->text.at[n] != '=' && v->text.at[n] != '*'))
		return false;
	*ret = str_from(v->text, n + 1);
	return true;
}

/* The tunnel secret that a value is, or an empty span. */
static struct span secret_of(const struct value *v)
{
	struct str text;

	if (pair_is(v, "vpdn:l2tp-tunnel-password", &text))
		return span_of(text.at, text.len);
	if (strcmp(v->field, "radius.Tunnel_Password") != 0 || !v->is_secret)
		return (struct span){0};
	if (v->kind == VALUE_TEXT)
		return span_of(v->text.at, v->text.len);
	return v->kind == VALUE_OCTETS ? v->octets : (struct span){0};
}

/* RFC 2868 3: equal tags are one tunnel; tag 0 goes with any. */
static bool same_tunnel(const struct value *a, const struct value *b)
{
	return a->tag == b->tag || a->tag == 0 || b->tag == 0;
}

void radius_learn_tunnel(struct secrets *s, const struct value *values, size_t n, struct str origin)
{
	for (size_t i = 0; s && i < n; i++) {
		struct secret x = {.kind = SECRET_TUNNEL,
				   .value = secret_of(&values[i]),
				   .is_learned = true,
				   .origin = origin};
		bool is_named = false;

		if (x.value.len == 0)
			continue;
		for (size_t k = 0; k < n; k++) {
			struct str names = values[k].text;

			if ((names_an_end(&values[k]) && same_tunnel(&values[i], &values[k])) ||
			    pair_is(&values[k], "vpdn:tunnel-id", &names) ||
			    pair_is(&values[k], "vpdn:ip-addresses", &names))
				is_named = put_for(s, &x, names) || is_named;
		}
		/* a log may know neither address nor name of an end */
		x.who = STR("*");
		x.is_vague = is_named;
		secrets_put(s, &x);
	}
}

struct exchange {
	uint8_t algorithm, id;
	struct span challenge, response;
};

/* RFC 2548 2.1.3, 2.3.2: ident, flags, and the rest of a response. Version 1 ends with its flags;
 * version 2 begins with them in RADIUS and ends with a zero in CHAP. */
static bool take_ms(struct arena *a, const struct value *response, const struct value *challenge,
		    uint8_t algorithm, struct exchange *ret)
{
	enum { ATTRIBUTE = 50, RESPONSE = 49 };
	uint8_t *octets;

	if (!response || !challenge || response->octets.len != ATTRIBUTE)
		return false;
	octets = arena_alloc(a, RESPONSE);
	if (!octets)
		return false;
	memcpy(octets, response->octets.at + 2, RESPONSE - 1);
	octets[RESPONSE - 1] = algorithm == CHAP_MS ? response->octets.at[1] : 0;
	*ret = (struct exchange){.algorithm = algorithm,
				 .id = response->octets.at[0],
				 .challenge = challenge->octets,
				 .response = span_of(octets, RESPONSE)};
	return true;
}

static bool take_exchange(struct value_list *l, struct span vector, struct exchange *ret)
{
	const struct value *id = value_find(l->at, l->n, "radius.CHAP_Ident");
	const struct value *response = value_find(l->at, l->n, "radius.CHAP_String");
	const struct value *challenge = value_find(l->at, l->n, "radius.CHAP_Challenge");
	const struct value *ms = value_find(l->at, l->n, "radius.MS_CHAP_Challenge");

	if (take_ms(l->arena, value_find(l->at, l->n, "radius.MS_CHAP2_Response"), ms, CHAP_MSV2,
		    ret) ||
	    take_ms(l->arena, value_find(l->at, l->n, "radius.MS_CHAP_Response"), ms, CHAP_MS, ret))
		return true;
	if (!id || !response)
		return false;
	*ret = (struct exchange){.algorithm = CHAP_MD5,
				 .id = (uint8_t)id->number,
				 .challenge = challenge ? challenge->octets : vector,
				 .response = response->octets};
	return ret->challenge.len > 0;
}

void radius_check_user(const struct secrets *s, struct value_list *values, struct span vector)
{
	const struct value *user = value_find(values->at, values->n, "radius.User_Name");
	const struct secret *x, *tried = NULL;
	struct exchange e;
	struct value *v;
	bool fits = false;
	size_t at = 0;

	if (!s || !user || !take_exchange(values, vector, &e))
		return;
	while (!fits && (x = secrets_find(s, SECRET_USER, user->text, &at))) {
		fits = verify_chap(e.algorithm, e.id, user->text, x->value, e.challenge,
				   e.response);
		tried = fits || !tried ? x : tried;
	}
	if (!tried || (!fits && tried->is_learned))
		return;
	v = value_add(values, "",
		      arena_printf(values->arena, "CHAP response fits the password of %.*s",
				   STR_ARG(tried->origin))
			      .at,
		      VALUE_TRUTH, (struct span){0});
	v->number = fits;
}

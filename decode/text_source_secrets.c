#include "text_source.h"

static bool is_masked(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] != 'x' && s.at[i] != 'X' && s.at[i] != '*')
			return false;
	return true;
}

/* `tunnel` is the name that the secret beside it goes with: `tunnel-id=`, or the device configured
 * so. */
static void secret_learn(struct secrets *secrets, const struct log_record *r, struct str *tunnel)
{
	struct str attribute = record_text(r, FIELD_ATTRIBUTE);
	struct str value = str_trim(record_text(r, FIELD_VALUE));
	struct str host = record_text(r, FIELD_HOST);
	struct secret x = {.kind = SECRET_TUNNEL, .who = STR("*"), .is_learned = true};
	struct text origin;

	if (!value.len)
		value = record_text(r, FIELD_NAME);
	if (str_ends(attribute, "tunnel-id"))
		*tunnel = value;
	if (host.len)
		*tunnel = host;
	if (!str_ends(attribute, "tunnel-password") && !str_ends(attribute, "tunnel password"))
		return;
	if (!value.len || is_masked(value))
		return;
	origin = text_make(64);
	x.value = span_of(value.at, value.len);
	text_printf(&origin, "line %llu of the log", (unsigned long long)r->origin.line);
	x.origin = text_str(&origin);
	secrets_put(secrets, &x);
	x.who = *tunnel;
	if (tunnel->len)
		secrets_put(secrets, &x);
	text_free(&origin);
}

void text_secrets_learn(struct secrets *secrets, const struct window *w, size_t from)
{
	struct str tunnel = STR("");

	if (!secrets)
		return;
	for (size_t i = from; i < w->n; i++) {
		const struct log_record *r = &w->records[i];

		if (r->kind == RECORD_SAID && r->row &&
		    (r->row->topic == SAID_AAA_VALUE || r->row->topic == SAID_CONFIG ||
		     r->row->topic == SAID_TUNNEL_INFO))
			secret_learn(secrets, r, &tunnel);
	}
}

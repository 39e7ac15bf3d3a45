#include "secrets_freeradius.h"

#include "address.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool ends_name(char c)
{
	return is_blank(c) ||
	       str_find(STR(",={}#+!<>~"), (struct str){.at = &c, .len = 1}) != SIZE_MAX;
}

static bool ends_value(char c)
{
	return is_blank(c) || c == ',' || c == '}';
}

static struct str skip_blanks(struct str s)
{
	while (s.len && is_blank(s.at[0]))
		s = str_from(s, 1);
	return s;
}

/* A word, or what stands between quotes; false when a quote is not closed. */
static bool take_word(struct arena *a, struct str *s, bool (*ends)(char), struct str *ret)
{
	char quote, *out;
	size_t i, n = 0;

	*s = skip_blanks(*s);
	*ret = (struct str){0};
	if (!s->len)
		return true;
	quote = s->at[0] == '"' || s->at[0] == '\'' ? s->at[0] : '\0';
	out = arena_alloc(a, s->len);
	if (!out)
		return true;
	for (i = quote ? 1 : 0; i < s->len; i++) {
		if (quote ? s->at[i] == quote : ends(s->at[i]))
			break;
		if (quote && s->at[i] == '\\' && i + 1 < s->len)
			i++;
		out[n++] = s->at[i];
	}
	if (quote && i == s->len)
		return false;
	*ret = (struct str){.at = out, .len = n};
	*s = str_from(*s, quote ? i + 1 : i);
	return true;
}

/* `:=`, `==`, `=`, `+=` …; the colon of `:=` went with the word before when no blank stood there.
 */
static bool take_operator(struct str *s)
{
	size_t n = 0;

	*s = skip_blanks(*s);
	while (n < s->len && n < 2 &&
	       str_find(STR(":=+!<>~*"), (struct str){s->at + n, 1}) != SIZE_MAX)
		n++;
	*s = str_from(*s, n);
	return n > 0;
}

/* `Tunnel-Password:1` has a tag behind its name, `Cleartext-Password:=` its operator's colon. */
static bool is_attribute(struct str word, const char *name)
{
	struct str plain = str_of(name);

	if (word.len < plain.len ||
	    !str_equal_nocase((struct str){.at = word.at, .len = plain.len}, plain))
		return false;
	return word.len == plain.len || word.at[plain.len] == ':';
}

static bool has_item(struct str line, const char *name)
{
	struct str wanted = str_of(name);

	for (size_t i = 0; i + wanted.len < line.len; i++) {
		struct str rest = str_from(line, i);

		if (!str_equal_nocase((struct str){.at = rest.at, .len = wanted.len}, wanted))
			continue;
		rest = skip_blanks(str_from(rest, wanted.len));
		if (rest.len && (rest.at[0] == ':' || rest.at[0] == '='))
			return true;
	}
	return false;
}

bool freeradius_is_user(struct str line)
{
	return has_item(line, "Cleartext-Password") || has_item(line, "User-Password") ||
	       has_item(line, "Tunnel-Password");
}

bool freeradius_is_client(struct str line)
{
	return str_starts(line, "client ") && str_find(line, STR("{")) != SIZE_MAX;
}

static void take_item(struct freeradius *f, struct str name, struct str value)
{
	struct span secret = span_of(value.at, value.len);
	struct str who = str_is(f->user, "DEFAULT") ? STR("*") : f->user;

	if (is_attribute(name, "Cleartext-Password") || is_attribute(name, "User-Password"))
		secrets_add(f->secrets, SECRET_USER, who, secret, false);
	/* it belongs to the tunnel that the user's call takes, whose ends are not named here */
	if (is_attribute(name, "Tunnel-Password"))
		secrets_add(f->secrets, SECRET_TUNNEL, STR("*"), secret, false);
}

const char *freeradius_user_line(struct freeradius *f, struct str line)
{
	bool is_entry = line.len && !is_blank(line.at[0]);
	struct str name, value;

	if (is_entry && line.at[0] == '$')
		return NULL; /* $INCLUDE */
	if (is_entry && (!take_word(f->arena, &line, ends_value, &f->user) || !f->user.len))
		return "the name of the user cannot be read";
	for (;;) {
		line = skip_blanks(line);
		if (!line.len || line.at[0] == '#')
			return NULL;
		if (!take_word(f->arena, &line, ends_name, &name))
			return "a quote is not closed";
		if (!name.len || !take_operator(&line))
			return "an attribute without operator, as in `Cleartext-Password := ...`";
		if (!take_word(f->arena, &line, ends_value, &value))
			return "a quote is not closed";
		take_item(f, name, value);
		line = skip_blanks(line);
		if (line.len && line.at[0] == ',')
			line = str_from(line, 1);
		else if (line.len && line.at[0] != '#')
			return "a comma is missing between two attributes";
	}
}

/* A network or a host name stands for many addresses, or one that is not known here. */
static void end_client(struct freeradius *f)
{
	struct address a;

	if (f->secret.len)
		secrets_add(f->secrets, SECRET_RADIUS,
			    address_parse(f->address, &a) ? f->address : STR("*"),
			    span_of(f->secret.at, f->secret.len), false);
	f->in_client = false;
	f->address = f->secret = (struct str){0};
}

static void take_setting(struct freeradius *f, struct str name, struct str value)
{
	if (!f->in_client || f->depth)
		return;
	if (str_is(name, "secret"))
		f->secret = value;
	if (str_is(name, "ipaddr") || str_is(name, "ipv4addr") || str_is(name, "ipv6addr"))
		f->address = value;
}

static const char *open_section(struct freeradius *f, struct str name, struct str argument)
{
	if (f->in_client) {
		f->depth++;
		return NULL;
	}
	if (!str_is(name, "client"))
		return "a section other than `client`";
	f->in_client = true;
	f->address = argument; /* `client 192.0.2.1 {`, as long as no ipaddr is given */
	return NULL;
}

const char *freeradius_client_line(struct freeradius *f, struct str line)
{
	while ((line = skip_blanks(line)).len && line.at[0] != '#') {
		struct str name, value;
		const char *wrong = NULL;

		if (line.at[0] == '}') {
			line = str_from(line, 1);
			if (f->depth)
				f->depth--;
			else
				end_client(f);
			continue;
		}
		if (!take_word(f->arena, &line, ends_name, &name) || !name.len)
			return "a name is expected";
		line = skip_blanks(line);
		if (line.len && line.at[0] == '=') {
			line = str_from(line, 1);
			if (!take_word(f->arena, &line, ends_value, &value))
				return "a quote is not closed";
			take_setting(f, name, value);
			continue;
		}
		if (!take_word(f->arena, &line, ends_name, &value))
			return "a quote is not closed";
		line = skip_blanks(line);
		if (!line.len || line.at[0] != '{')
			return "neither `NAME = VALUE` nor a section";
		line = str_from(line, 1);
		wrong = open_section(f, name, value);
		if (wrong)
			return wrong;
	}
	return NULL;
}

#include "secrecy.h"
#include "line_word.h"
#include "secret_word.h"

enum { LOGIN_MOST = 1024 };

/* ---- a secret on a line ---- */

/* `Login incorrect (why): [bob/password] (from client lns ...`: FreeRADIUS with auth_badpass or
 * auth_goodpass. A name may hold a slash: from the first on, all is masked. */
static bool login_at(struct str line, size_t at, struct secret_place *p)
{
	static const char *const phrases[] = {"Login OK", "Login incorrect", "Invalid user",
					      "Multiple logins", "Rejected in"};
	/* what it says where there is no password */
	static const char *const none[] = {"<via ", "<CHAP-Password>", "<no User-Password"};
	struct str behind = str_from(line, at);
	size_t end, slash;

	if (!str_starts(behind, ": [") || !STANDS_BEFORE(line, at, phrases))
		return false;
	if (behind.len > LOGIN_MOST)
		behind.len = LOGIN_MOST;
	end = str_find(behind, STR("] ("));
	for (size_t i = behind.len; end == SIZE_MAX && i > 0; i--)
		if (behind.at[i - 1] == ']')
			end = i - 1;
	behind.len = end == SIZE_MAX ? behind.len : end;
	slash = str_find(behind, STR("/"));
	if (slash == SIZE_MAX || slash + 1 == behind.len)
		return false;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (str_starts(str_from(behind, slash + 1), none[i]))
			return false;
	*p = (struct secret_place){.line = line, .start = at + slash + 1, .end = at + behind.len};
	p->value = p->start;
	return true;
}

/* `"$9$..."` of Junos, `"$6$..."` of crypt(5): what is written so is a secret, whatever its name.
 */
static bool crypted_at(struct str line, size_t at, struct secret_place *p)
{
	size_t value = at + 1;
	size_t digit = skip_digits(line, value + 1);

	if (!str_starts(str_from(line, value), "$") || digit != value + 2 || digit >= line.len ||
	    line.at[digit] != '$')
		return false;
	*p = (struct secret_place){.line = line, .start = value, .value = value};
	p->end = secret_quoted_end(line, value, line.at[at]);
	return true;
}

static bool is_at(struct str line, size_t at, struct secret_place *p)
{
	if (line.at[at] == ':')
		return login_at(line, at, p);
	return is_quote(line.at[at]) ? crypted_at(line, at, p) : secret_word_is_at(line, at, p);
}

/* What of is_at() begins with an octet, by what stands behind that: a bit for its last five bits,
 * in which a letter is the same in both cases. Nearly all octets of a text begin nothing. */
#define BEFORE(second) (UINT32_C(1) << ((second)&31))
static const uint32_t begins[UINT8_MAX + 1] = {
	[':'] = BEFORE(' '),
	['"'] = BEFORE('$'),
	['\''] = BEFORE('$'),
	['p'] = BEFORE('a') | BEFORE('s') | BEFORE('w'),
	['P'] = BEFORE('a') | BEFORE('s') | BEFORE('w'),
	['s'] = BEFORE('e'),
	['S'] = BEFORE('e'),
	['k'] = BEFORE('e'),
	['K'] = BEFORE('e'),
	['x'] = BEFORE('a'),
	['X'] = BEFORE('a'),
	['e'] = BEFORE('a'),
	['E'] = BEFORE('a'),
};

/* The next secret of the line from `at` on. */
static bool next_secret(struct str line, size_t at, struct secret_place *p)
{
	for (; at + 1 < line.len; at++)
		if ((begins[(uint8_t)line.at[at]] & BEFORE((uint8_t)line.at[at + 1])) &&
		    is_at(line, at, p))
			return true;
	return false;
}

/* ---- the lines of a text ---- */

static struct str without_return(struct str line)
{
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

static struct str first_line(struct str s)
{
	const char *newline = s.len > 0 ? memchr(s.at, '\n', s.len) : NULL;

	return without_return(newline == NULL ? s : str_range(s.at, newline));
}

void secrecy_mask(struct text *t, struct str s, bool show_secrets)
{
	while (s.len > 0 && !show_secrets) {
		struct str line = first_line(s);
		struct secret_place p;
		size_t done = 0;

		while (next_secret(line, done, &p)) {
			text_add(t, str_range(line.at + done, line.at + p.start));
			text_puts(t, "(hidden)");
			done = p.end;
		}
		text_add(t, str_from(line, done));
		if (line.len < s.len)
			text_putc(t, s.at[line.len]);
		s = str_from(s, line.len + 1);
	}
	text_add(t, s);
}

bool secrecy_finds(struct str s)
{
	while (s.len > 0) {
		struct str line = first_line(s);
		struct secret_place p;

		if (next_secret(line, 0, &p))
			return true;
		s = str_from(s, line.len + 1);
	}
	return false;
}

/* From where the line begins that `at` is on. */
static void find_line(struct secrecy_walk *w, size_t at)
{
	const char *newline = memchr(w->s.at + at, '\n', w->s.len - at);

	w->has_line = true;
	w->begin = at;
	while (w->begin > 0 && w->s.at[w->begin - 1] != '\n')
		w->begin--;
	w->end = newline == NULL ? w->s.len : (size_t)(newline - w->s.at);
}

bool secrecy_next(struct secrecy_walk *w, size_t at, size_t *ret_start, size_t *ret_end)
{
	for (; at < w->s.len; at = w->end + 1) {
		struct str line;
		struct secret_place p;

		if (!w->has_line || at < w->begin || at > w->end)
			find_line(w, at);
		line = without_return(str_range(w->s.at + w->begin, w->s.at + w->end));
		if (next_secret(line, at - w->begin, &p)) {
			*ret_start = w->begin + p.value;
			*ret_end = w->begin + p.end;
			return true;
		}
	}
	return false;
}

#include "redact_text.h"

#include "hexdump.h"
#include "ras_error.h"
#include "secrecy.h"
#include <ctype.h>

enum {
	QUOTED_MOST = 256,
	RUN_GROUPS = 4, /* groups of two digits that are octets */
	RUN_DIGITS = 8, /* digits without a mark between that are octets */
	PHONE_DIGITS = 7,
	KEY_MOST = 128, /* octets from the beginning of a key to its value */
};

struct telling {
	struct redactor *r;
	struct str before, s;
	size_t at;
	enum redact_text_how how;
	struct text *out;
	size_t secret, secret_end; /* the next one, and no earlier than `at`; or SIZE_MAX */
	struct secrecy_walk walk;  /* of what is before and of the text */
};

static bool is_wordy(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static struct str rest_of(const struct telling *t)
{
	return str_from(t->s, t->at);
}

static bool is_hex_digit(char c)
{
	return hex_digit(c) >= 0;
}

/* ---- what stands before ---- */

/* A key is near: a log may be one line. */
static struct str text_before(const struct telling *t)
{
	struct str s = t->at > 0 ? (struct str){t->s.at, t->at} : t->before;

	return s.len > KEY_MOST ? str_from(s, s.len - KEY_MOST) : s;
}

/* The word before `name=`, `name "`, `name '`, `name: `. */
static enum redact_key key_before(const struct telling *t)
{
	struct str s = text_before(t);
	size_t end;

	while (s.len > 0 && strchr(" \t=:\"'<", s.at[s.len - 1]) != NULL)
		s.len--;
	end = s.len;
	if (end == 0)
		return redact_key_of(s);
	while (s.len > 0 &&
	       (is_wordy(s.at[s.len - 1]) || s.at[s.len - 1] == '-' || s.at[s.len - 1] == '_'))
		s.len--;
	return redact_key_of((struct str){s.at + s.len, end - s.len});
}

static struct str last_word(struct str *s)
{
	size_t end;

	while (s->len > 0 && s->at[s->len - 1] == ' ')
		s->len--;
	end = s->len;
	if (end == 0)
		return *s;
	while (s->len > 0 && s->at[s->len - 1] != ' ' && s->at[s->len - 1] != '\n')
		s->len--;
	return (struct str){s->at + s->len, end - s->len};
}

/* Configuration has its values behind a blank: `hostname X`, `password 7 X`, `domain x.y`. */
static enum redact_key config_key(const struct telling *t, struct str value)
{
	struct str s = text_before(t), word = last_word(&s);
	bool is_typed = word.len == 1 && isdigit((unsigned char)word.at[0]);

	if (t->how != REDACT_TEXT_FREE && t->how != REDACT_TEXT_HEAD)
		return KEY_NONE;
	if (is_typed)
		word = last_word(&s);
	if (str_is(word, "password") || str_is(word, "secret") || str_is(word, "key"))
		return is_typed || t->r->is_config ? KEY_SECRET : KEY_NONE;
	if (is_typed)
		return KEY_NONE;
	if (str_is(word, "domain"))
		return memchr(value.at, '.', value.len) != NULL ? KEY_NAME : KEY_NONE;
	if (t->r->is_config &&
	    (str_is(word, "name") || str_is(word, "description") || str_is(word, "community")))
		return KEY_NAME;
	return str_is(word, "hostname") || str_is(word, "username") ? KEY_NAME : KEY_NONE;
}

/* A value stands right behind `=` or a quote: a name there may be any word. */
static bool is_value_place(const struct telling *t)
{
	char c = t->at > 0           ? t->s.at[t->at - 1]
		 : t->before.len > 0 ? t->before.at[t->before.len - 1]
				     : ' ';

	return c == '=' || c == '"' || c == '\'';
}

/* ---- octets ---- */

/* Groups of two hex digits with the same mark, or blanks and line ends, between them. */
static size_t groups_length(struct str s)
{
	size_t end = 0, groups = 0;
	bool has_letter = false;
	char mark = 0;

	while (end + 1 < s.len && is_hex_digit(s.at[end]) && is_hex_digit(s.at[end + 1])) {
		size_t next = end + 2;
		char c = next < s.len ? s.at[next] : 0;

		has_letter = has_letter || isalpha((unsigned char)s.at[end]) ||
			     isalpha((unsigned char)s.at[end + 1]);
		if (next < s.len && is_wordy(c))
			return groups >= RUN_GROUPS && mark != 0 ? end - 1 : 0;
		groups++;
		end = next;
		if (c == '\r' || c == '\n' || c == '\t')
			c = ' ';
		if (mark == 0 && (c == ' ' || c == ':' || c == '-' || c == '.'))
			mark = c;
		if (mark == 0 || c != mark)
			break;
		while (next < s.len && (s.at[next] == mark ||
					(mark == ' ' && strchr("\r\n\t", s.at[next]) != NULL)))
			next++;
		if (next + 1 >= s.len || !is_hex_digit(s.at[next]) || !is_hex_digit(s.at[next + 1]))
			break;
		end = next;
	}
	return groups >= RUN_GROUPS && (has_letter || groups >= 2 * RUN_GROUPS) ? end : 0;
}

/* Eight hex digits and more, at least one of them a letter or `0x` before them. */
static size_t digits_length(struct str s)
{
	size_t start = str_starts(s, "0x") || str_starts(s, "0X") ? 2 : 0, end = start;
	bool has_letter = start > 0;

	for (; end < s.len && is_hex_digit(s.at[end]); end++)
		has_letter = has_letter || isalpha((unsigned char)s.at[end]);
	if (end - start < RUN_DIGITS || (end - start) % 2 != 0 || !has_letter ||
	    (end < s.len && is_wordy(s.at[end])))
		return 0;
	return end;
}

static bool take_octets(struct telling *t)
{
	struct str s = rest_of(t);
	size_t n = groups_length(s);

	if (n == 0)
		n = digits_length(s);
	if (n == 0)
		return false;
	redact_hex_text(t->r, (struct str){s.at, n}, t->out);
	t->at += n;
	return true;
}

/* ---- addresses ---- */

static size_t v4_length(struct str s)
{
	size_t at = 0;

	for (int i = 0; i < 4; i++) {
		size_t start = at;

		while (at < s.len && at - start < 3 && isdigit((unsigned char)s.at[at]))
			at++;
		if (at == start)
			return 0;
		if (i == 3)
			break;
		if (at >= s.len || s.at[at] != '.')
			return 0;
		at++;
	}
	return at < s.len && is_wordy(s.at[at]) ? 0 : at;
}

static size_t v6_length(struct str s)
{
	size_t n = 0, colons = 0;
	struct address a;

	while (n < s.len && n < 45 && (is_hex_digit(s.at[n]) || s.at[n] == ':' || s.at[n] == '.'))
		colons += s.at[n++] == ':';
	if (colons < 2 || (n < s.len && is_wordy(s.at[n])))
		return 0;
	while (n > 0) {
		if (address_parse((struct str){s.at, n}, &a) && a.family == 6)
			return n;
		/* `fe80::1.1701`, `fe80::1:` */
		while (n > 0 && s.at[n - 1] != '.' && s.at[n - 1] != ':')
			n--;
		n -= n > 0;
	}
	return 0;
}

/* What is as long as it was also where it is an address. */
static void address_put(struct telling *t, struct str s)
{
	char copy[64];

	if (t->how != REDACT_TEXT_FIXED || s.len > sizeof(copy)) {
		(void)redact_address_text(t->r->map, s, t->out);
		return;
	}
	memcpy(copy, s.at, s.len);
	if (!redact_printed_address(t->r->map, (uint8_t *)copy, s.len))
		memset(copy, '0', s.len);
	text_add(t->out, (struct str){copy, s.len});
}

/* `0211:22FF:FE33:4455`: an interface identifier, as the link-local address that is made of it. */
static bool take_interface_id(struct telling *t)
{
	struct str s = rest_of(t);
	uint8_t address[16] = {0xfe, 0x80};
	size_t end = 0;

	for (size_t i = 0; i < 4; i++) {
		size_t start = end;
		unsigned group = 0;

		while (end < s.len && end - start < 4 && is_hex_digit(s.at[end]))
			group = group << 4 | (unsigned)hex_digit(s.at[end++]);
		if (end == start)
			return false;
		address[8 + 2 * i] = (uint8_t)(group >> 8);
		address[9 + 2 * i] = (uint8_t)group;
		if (i < 3 && (end >= s.len || s.at[end++] != ':'))
			return false;
	}
	if (end < s.len && (is_wordy(s.at[end]) || s.at[end] == ':' || end < 15))
		return false;
	redact_address(t->r->map, address, 16);
	for (size_t i = 0; i < 4; i++)
		text_printf(t->out, isupper((unsigned char)s.at[0]) ? "%s%04X" : "%s%04x",
			    i > 0 ? ":" : "",
			    (unsigned)address[8 + 2 * i] << 8 | address[9 + 2 * i]);
	t->at += end;
	return true;
}

static bool take_mac(struct telling *t)
{
	static const size_t lengths[] = {17, 14};
	struct str s = rest_of(t);
	char copy[17];

	for (size_t i = 0; i < 2; i++) {
		size_t n = lengths[i];

		if (s.len < n || (s.len > n && (is_wordy(s.at[n]) || s.at[n] == s.at[2])))
			continue;
		memcpy(copy, s.at, n);
		if (!redact_printed_mac(t->r->map, (uint8_t *)copy, n))
			continue;
		text_add(t->out, (struct str){copy, n});
		t->at += n;
		return true;
	}
	return false;
}

static bool take_address(struct telling *t)
{
	struct str s = rest_of(t);
	size_t n = v4_length(s);

	if (take_mac(t))
		return true;
	if (n == 0)
		n = v6_length(s);
	if (n == 0)
		return take_interface_id(t);
	address_put(t, (struct str){s.at, n});
	t->at += n;
	return true;
}

/* ---- words ---- */

static size_t word_length(struct str s)
{
	size_t n = 0;

	while (n < s.len && (is_wordy(s.at[n]) || s.at[n] == '_' ||
			     (strchr(".-@\\+", s.at[n]) != NULL && n + 1 < s.len &&
			      (is_wordy(s.at[n + 1]) || s.at[n + 1] == '_'))))
		n++;
	return n;
}

/* A telephone number in any of its forms; a date and a fraction of a second are none. */
static bool is_phone(struct str s)
{
	size_t digits = 0, dots = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (isalpha((unsigned char)s.at[i]))
			return false;
		digits += isdigit((unsigned char)s.at[i]) != 0;
		dots += s.at[i] == '.';
	}
	if (s.len == 10 && s.at[4] == '-' && s.at[7] == '-')
		return false;
	return digits >= PHONE_DIGITS && !(dots == 1 && digits + 1 == s.len);
}

static bool is_plain(const struct telling *t, struct str word)
{
	const struct plain_words *plain = redact_plain(t->r->map);
	size_t start = 0;

	if (t->how != REDACT_TEXT_HEAD && is_phone(word))
		return false;
	for (size_t i = 0; i <= word.len; i++) {
		struct str piece = {word.at + start, i - start};

		if (i < word.len && is_wordy(word.at[i]))
			continue;
		if (i < word.len && (word.at[i] == '@' || word.at[i] == '\\'))
			return false;
		if (piece.len > 0 && !word_is_plain(plain, piece) && !word_is_number(piece) &&
		    !(t->how == REDACT_TEXT_HEAD && isdigit((unsigned char)piece.at[0])))
			return false;
		start = i + 1;
	}
	return true;
}

static bool is_met_name(const struct telling *t, struct str word)
{
	char copy[QUOTED_MOST];

	if (word.len < 2 || word.len > sizeof(copy))
		return false;
	memcpy(copy, word.at, word.len);
	return redact_is_known(t->r->map, REDACT_NAME, (uint8_t *)copy, word.len) ||
	       redact_is_known(t->r->map, REDACT_SECRET, (uint8_t *)copy, word.len);
}

/* A tag: `program[12]:`. */
static bool is_tag(struct str behind)
{
	size_t i = 1;

	if (!str_starts(behind, "["))
		return false;
	while (i < behind.len && isdigit((unsigned char)behind.at[i]))
		i++;
	return i > 1 && i < behind.len && behind.at[i] == ']';
}

static bool is_kept(const struct telling *t, struct str word, enum redact_key key)
{
	if (t->how == REDACT_TEXT_KNOWN)
		return !is_met_name(t, word) && memchr(word.at, '@', word.len) == NULL &&
		       !is_phone(word);
	if (t->how == REDACT_TEXT_HEAD && is_tag(str_from(rest_of(t), word.len)))
		return true;
	if (key == KEY_NAME && is_value_place(t))
		return word_is_number(word);
	/* one that was met is a name, unless it is a word as well */
	if (is_met_name(t, word) && !word_is_plain(redact_plain(t->r->map), word))
		return false;
	return is_plain(t, word);
}

/* What stands behind `l2tp-`: `<l2tp-bob>` is the interface of bob. */
static size_t plain_before(const struct telling *t, struct str word)
{
	size_t start = 0;

	for (size_t i = 0; i + 1 < word.len; i++) {
		struct str piece = {word.at + start, i - start};

		if (word.at[i] != '-' && word.at[i] != '_')
			continue;
		if (!word_is_plain(redact_plain(t->r->map), piece) && !word_is_number(piece))
			return 0;
		start = i + 1;
		if (is_met_name(t, str_from(word, start)))
			return start;
	}
	return 0;
}

/* Words of which one was met as a name: `my-gw.options`. */
static bool is_dotted(const struct telling *t, struct str word)
{
	size_t start = 0;

	if (memchr(word.at, '@', word.len) != NULL)
		return false;
	for (size_t i = 0; i <= word.len; i++) {
		if (i < word.len && word.at[i] != '.')
			continue;
		if (i - start < word.len &&
		    is_met_name(t, (struct str){word.at + start, i - start}))
			return true;
		start = i + 1;
	}
	return false;
}

static void word_put(struct telling *t, struct str word, enum redact_key key);

static void parts_put(struct telling *t, struct str word, enum redact_key key)
{
	size_t start = 0;

	for (size_t i = 0; i <= word.len; i++) {
		if (i < word.len && word.at[i] != '.')
			continue;
		word_put(t, (struct str){word.at + start, i - start}, key);
		if (i < word.len)
			text_putc(t->out, '.');
		start = i + 1;
	}
}

static void word_put(struct telling *t, struct str word, enum redact_key key)
{
	enum redact_key config = config_key(t, word);
	size_t plain;

	if (config == KEY_NAME && word.len > 1) {
		redact_name_text(t->r->map, word, t->out);
		return;
	}
	if ((config == KEY_SECRET && word.len > 1) || (key == KEY_SECRET && is_value_place(t))) {
		redact_secret_text(t->r->map, word, t->out);
		return;
	}
	if (key == KEY_VENDOR && is_value_place(t)) {
		text_add(t->out, word);
		return;
	}
	if (is_dotted(t, word)) {
		parts_put(t, word, key);
		return;
	}
	plain = is_met_name(t, word) ? 0 : plain_before(t, word);
	if (plain == 0 && is_kept(t, word, key)) {
		text_add(t->out, word);
		return;
	}
	text_add(t->out, (struct str){word.at, plain});
	word = str_from(word, plain);
	if (t->how == REDACT_TEXT_FIXED)
		redact_name_fixed(t->r->map, word, t->out);
	else
		redact_name_text(t->r->map, word, t->out);
}

static bool take_word(struct telling *t)
{
	struct str s = rest_of(t), word = {s.at, word_length(s)};

	if (word.len == 0)
		return false;
	word_put(t, word, key_before(t));
	t->at += word.len;
	return true;
}

/* Terminate data of Windows as pppd prints it: a magic number, a mark, an error number. */
static bool is_windows_reason(struct str s)
{
	return str_find(s, STR("\\000<\\37777777715t")) != SIZE_MAX ||
	       str_find(s, STR("\\000<\\315t")) != SIZE_MAX;
}

/* What stands in quotes behind a key: all of it is one value. */
static bool take_quoted(struct telling *t)
{
	struct str s = rest_of(t);
	const char *end;
	size_t most = s.len < QUOTED_MOST ? s.len : QUOTED_MOST;
	struct str value;
	enum redact_key key;

	if (s.len < 2 || (s.at[0] != '"' && s.at[0] != '\'') || t->how == REDACT_TEXT_FIXED)
		return false;
	end = memchr(s.at + 1, s.at[0], most - 1);
	if (end != NULL && is_windows_reason(str_range(s.at + 1, end))) {
		text_add(t->out, str_range(s.at, end + 1));
		t->at += (size_t)(end + 1 - s.at);
		return true;
	}
	key = key_before(t);
	if (end == NULL || key == KEY_NONE || end == s.at + 1)
		return false;
	value = str_range(s.at + 1, end);
	text_putc(t->out, s.at[0]);
	if (key == KEY_VENDOR)
		text_add(t->out, value);
	else if (key == KEY_SECRET)
		redact_secret_text(t->r->map, value, t->out);
	else
		redact_name_text(t->r->map, value, t->out);
	text_putc(t->out, s.at[0]);
	t->at += value.len + 2;
	return true;
}

/* The same data as pppd shows it. */
static bool take_printed_reason(struct telling *t)
{
	size_t n = ras_error_printed_length(rest_of(t));

	for (size_t i = 0; i < n; i++)
		text_putc(t->out, t->s.at[t->at + i]);
	t->at += n;
	return n > 0;
}

/* The next secret from `at` on. What announces it may stand before the text, in the same place of
 * the log; it may have begun there, too. */
static void find_secret(struct telling *t)
{
	size_t base = t->walk.s.len - t->s.len;
	size_t start, end = t->at == 0 ? 0 : base + t->at;

	t->secret = SIZE_MAX;
	while (t->how != REDACT_TEXT_FIXED && secrecy_next(&t->walk, end, &start, &end)) {
		if (end <= base + t->at || end == start + 1) /* the number of a tag */
			continue;
		t->secret = start > base + t->at ? start - base : t->at;
		t->secret_end = end - base;
		return;
	}
}

/* Whatever would be masked: also words that are plain elsewhere. */
static bool take_secret(struct telling *t)
{
	if (t->secret < t->at && t->at < t->secret_end)
		t->secret = t->at; /* what was replaced reached into it: so is the rest */
	if (t->secret < t->at)
		find_secret(t);
	if (t->secret != t->at)
		return false;
	redact_secret_text(t->r->map, str_range(t->s.at + t->at, t->s.at + t->secret_end), t->out);
	t->at = t->secret_end;
	return true;
}

void redact_text(struct redactor *r, struct str before, struct str s, enum redact_text_how how,
		 struct text *ret)
{
	struct telling t = {.r = r, .before = before, .s = s, .how = how, .out = ret};
	size_t base = before.len > 0 && before.at + before.len == s.at ? before.len : 0;

	t.walk.s = (struct str){s.at - base, s.len + base};
	find_secret(&t);
	while (t.at < s.len) {
		if (take_secret(&t) || take_quoted(&t) || take_printed_reason(&t) ||
		    take_address(&t) || take_octets(&t) || take_word(&t))
			continue;
		text_putc(ret, s.at[t.at++]);
	}
}

void redact_words(struct redact_map *m, uint8_t *at, size_t n)
{
	struct redactor r = {.map = m};
	struct text t;

	if (n == 0)
		return;
	t = text_make(n + 1);
	redact_text(&r, (struct str){0}, (struct str){(const char *)at, n}, REDACT_TEXT_FIXED, &t);
	memcpy(at, t.at, t.len < n ? t.len : n);
	text_free(&t);
}

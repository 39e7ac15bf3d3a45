#include "secrecy.h"
#include "character.h"

/* What announces a secret stands so near before it, on the same line. */
enum { CONTEXT_MOST = 512, ATTRIBUTE_DIGITS = 3, TAG_DIGITS = 2, HEX_LEAST = 4, LOGIN_MOST = 1024 };

/* No word that is compared with a table is longer; and a value has few words before it that say how
 * it is encrypted. Only what is a secret is read to its end, for a log may be one token. */
enum { WORD_MOST = 32, KINDS_MOST = 3, LEVEL_DIGITS = 2 };

/* What stands between the word and what follows. */
enum gap {
	GAP_BLANKS,
	GAP_COLON,
	GAP_MARK, /* the quote that opens the value, the end of `<password>` */
	GAP_EQUALS,
	GAP_QUOTE_END /* the word ends a quotation: "bad password". */
};

/* A word on a line, and what may be its value. */
struct place {
	struct str line;
	size_t word;             /* where it begins */
	size_t start;            /* what follows: the level and the kind of an encryption first */
	size_t kind, value, end; /* the kind, the value; its end is known last (value_end) */
	enum gap gap;
	char quote; /* that opened the value, or NUL */
	bool is_attribute, is_element;
};

struct announcer {
	const char *word;
	bool stands_alone; /* `bypass=` is another word */
	bool (*is_announced)(const struct place *p);
};

static bool is_separator(char c)
{
	return char_is_blank(c) || c == '=' || c == ':' || c == '"' || c == '\'';
}

static bool ends_token(char c)
{
	return char_is_blank(c) || c == '"' || c == '\'' || c == '\r';
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

static bool is_any_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static size_t skip_blanks(struct str s, size_t at)
{
	while (at < s.len && char_is_blank(s.at[at]))
		at++;
	return at;
}

static size_t skip_digits(struct str s, size_t at)
{
	while (at < s.len && char_is_digit(s.at[at]))
		at++;
	return at;
}

static size_t skip_token(struct str s, size_t at)
{
	while (at < s.len && !ends_token(s.at[at]))
		at++;
	return at;
}

/* Nothing of a token that is too long for a word. */
static struct str word_at(struct str s, size_t at)
{
	struct str near = str_from(s, at);
	size_t len;

	if (near.len > WORD_MOST + 1)
		near.len = WORD_MOST + 1;
	len = skip_token(near, 0);
	return (struct str){near.at, len > WORD_MOST ? 0 : len};
}

/* The word behind `word`, which is of the line. */
static struct str word_behind(struct str line, struct str word)
{
	return word_at(line, skip_blanks(line, (size_t)(word.at - line.at) + word.len));
}

/* `server`, not `hunter2` or `source-ip`. */
static bool is_plain(struct str word)
{
	size_t i = 0;

	while (i < word.len && char_is_lower(word.at[i]))
		i++;
	return i > 0 && i == word.len;
}

/* Words of sentences are written in any way, those of configurations are not. */
static bool is_one_of(struct str word, const char *const *words, size_t n, bool is_any_case)
{
	for (size_t i = 0; i < n; i++)
		if (is_any_case ? str_is_nocase(word, words[i]) : str_is(word, words[i]))
			return true;
	return false;
}

#define IS_ONE_OF(word, words) is_one_of(word, words, sizeof(words) / sizeof((words)[0]), true)
#define IS_EXACTLY_ONE_OF(word, words)                                                             \
	is_one_of(word, words, sizeof(words) / sizeof((words)[0]), false)

/* What of the line stands before `at`, as far as it is looked at. */
static struct str before(struct str line, size_t at)
{
	size_t from = at < CONTEXT_MOST ? 0 : at - CONTEXT_MOST;

	return (struct str){line.at + from, at - from};
}

static bool stands_before(struct str line, size_t at, const char *const *phrases, size_t n)
{
	struct str context = before(line, at);

	for (size_t i = 0; i < n; i++)
		if (str_find(context, str_of(phrases[i])) != SIZE_MAX)
			return true;
	return false;
}

#define STANDS_BEFORE(line, at, phrases)                                                           \
	stands_before(line, at, phrases, sizeof(phrases) / sizeof((phrases)[0]))

static bool ends_with(struct str s, const char *const *endings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ends_nocase(s, endings[i]))
			return true;
	return false;
}

#define ENDS_WITH(s, endings) ends_with(s, endings, sizeof(endings) / sizeof((endings)[0]))

/* The word before offset `at`, with the letters that attribute names have. */
static struct str word_before(struct str line, size_t at)
{
	struct str s = before(line, at);
	size_t end;

	while (s.len > 0 && char_is_blank(s.at[s.len - 1]))
		s.len--;
	end = s.len;
	while (s.len > 0 && !is_separator(s.at[s.len - 1]))
		s.len--;
	return (struct str){s.at + s.len, end - s.len};
}

/* ---- what is no value ---- */

/* Behind which a sentence goes on. */
static bool goes_on(struct str word)
{
	static const char *const words[] = {
		"address", "and",     "are",   "as",   "at",     "because",  "but",      "by",
		"came",    "can",     "could", "did",  "does",   "file",     "fits",     "for",
		"from",    "has",     "hash",  "if",   "in",     "is",       "it",       "known",
		"length",  "lengths", "makes", "must", "lookup", "matching", "of",       "on",
		"or",      "that",    "the",   "this", "to",     "used",     "verifies", "was",
		"which",   "will",    "with"};

	return IS_ONE_OF(word, words);
}

static struct str without_marks(struct str word)
{
	while (word.len > 0 && is_any_of(word.at[word.len - 1], ".,;:!)]"))
		word.len--;
	return word;
}

/* What follows `secret` in a sentence ("no tunnel secret for this peer") and is no value. */
static bool is_english(struct str line, size_t value)
{
	/* which may be the end of a sentence */
	static const char *const ends[] = {"accepted", "authentication", "change",    "changed",
					   "differs",  "exchange",       "expired",   "failed",
					   "failure",  "found",          "incorrect", "invalid",
					   "mismatch", "missing",        "not",       "rejected",
					   "required", "verification",   "wrong"};
	struct str word = word_at(line, value);
	bool is_last = value + word.len >= line.len || !char_is_blank(line.at[value + word.len]);

	return (!is_last && goes_on(word)) || IS_ONE_OF(without_marks(word), ends);
}

/* Two plain words, one behind the other: nobody writes a value so. */
static bool are_plain(struct str line, size_t at)
{
	struct str word = word_at(line, at);

	return is_plain(word) && is_plain(without_marks(word_behind(line, word)));
}

/* What the program that printed it has hidden. */
static bool is_hidden(const struct place *p)
{
	static const char *const marks[] = {"<hidden>", "<removed>", "<secret>", "(hidden)"};
	struct str value = str_from(p->line, p->value);
	size_t n = 0;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (str_starts(value, marks[i]))
			return true;
	while (n < value.len && value.at[n] == value.at[0] && is_any_of(value.at[0], "*?"))
		n++;
	return n > 0 && (n == value.len || (p->is_element && value.at[n] == '<') ||
			 is_any_of(value.at[n], "])>,;.") ||
			 (p->quote == '\0' ? ends_token(value.at[n]) : value.at[n] == p->quote));
}

/* Where what is in quotes ends: at a quote without a backslash before it. A line that was cut has
 * none; an apostrophe alone opens nothing. */
static size_t quoted_end(struct str s, size_t at, char quote)
{
	for (size_t end = at; end < s.len; end++)
		if (s.at[end] == quote && (end == at || s.at[end - 1] != '\\'))
			return end;
	return quote == '"' ? s.len : skip_token(s, at);
}

/* `"vpdn:l2tp-tunnel-password=two words"`: the quotation began before the word. */
static bool is_in_pair(struct str line, size_t word)
{
	struct str s = before(line, word);

	while (s.len > 0 && !char_is_blank(s.at[s.len - 1]) && s.at[s.len - 1] != '"')
		s.len--;
	return s.len > 0 && s.at[s.len - 1] == '"';
}

static size_t value_end(const struct place *p)
{
	struct str line = p->line;
	size_t end = p->value;
	bool is_pair = p->quote == '\0' && p->gap == GAP_EQUALS && is_in_pair(line, p->word);

	if (p->is_element) {
		while (end < line.len && line.at[end] != '<' &&
		       (p->quote != '\0' ? line.at[end] != p->quote : !ends_token(line.at[end])))
			end++;
		return end;
	}
	if (p->quote != '\0' || is_pair)
		return quoted_end(line, end, is_pair ? '"' : p->quote);
	return p->is_attribute ? line.len : skip_token(line, end);
}

/* ---- the words ---- */

/* All that a line of a configuration says: an indented ` key X`, or one that was typed. */
static bool is_configured(const struct place *p)
{
	static const char *const typed[] = {"logged command:", "command is"};
	struct str s = before(p->line, p->word);
	size_t len = s.len;

	while (s.len > 0 && char_is_blank(s.at[s.len - 1]))
		s.len--;
	if (!(s.len == 0 && len > 0 && len == p->word) && !ENDS_WITH(s, typed))
		return false;
	return skip_blanks(p->line, value_end(p)) >= p->line.len;
}

/* Behind `password:` a sentence may stand, too. */
static bool is_sentence(const struct place *p)
{
	static const char *const advice[] = {"ask", "check", "contact"};

	return is_english(p->line, p->value) ||
	       (IS_ONE_OF(word_at(p->line, p->value), advice) && are_plain(p->line, p->value));
}

/* `username bob tried secret twice today`: between the name and the word stands another one. */
static bool is_tale(const struct place *p)
{
	static const char *const names[] = {"username", "local-user", "sent-username"};
	struct str word = word_before(p->line, p->word);
	struct str earlier = word_before(p->line, (size_t)(word.at - p->line.at));

	return p->value == p->start && str_ends(word, "ed") && !ENDS_WITH(earlier, names) &&
	       are_plain(p->line, p->start);
}

/* `password 7 X`, `key cipher X`: nobody speaks so. */
static bool has_kind(const struct place *p)
{
	static const char *const kinds[] = {"cipher", "irreversible-cipher", "simple"};
	struct str kind = word_at(p->line, p->kind);

	return p->value > p->kind &&
	       (char_is_digit(p->line.at[p->kind]) || IS_EXACTLY_ONE_OF(kind, kinds));
}

/* `password` and a blank are also English. It announces a value at the end of an attribute's
 * name, behind what configurations have before it, and before the kind of an encryption. */
static bool password_is_announced(const struct place *p)
{
	static const char *const words[] = {"tunnel", "chap", "pap", "enable", "l2tp", "auth"};
	static const char *const phrases[] = {"username ", "local-user ", "neighbor ",
					      "radius-server "};
	/* of messages and of our rules */
	static const char *const names[] = {"change-", "no-", "same-", "one-time-"};
	struct str line = p->line;
	struct str word = word_before(line, p->word);
	struct str first = word_at(line, p->start);

	if (p->gap == GAP_COLON)
		return !is_sentence(p);
	if (p->gap != GAP_BLANKS)
		return true;
	if (is_english(line, p->start))
		return false;
	if (p->word > 0 && line.at[p->word - 1] == '-')
		return !ENDS_WITH(before(line, p->word), names);
	if (has_kind(p))
		return true;
	if (str_is_nocase(word, "using")) /* "using password X for bob" */
		return str_starts(str_from(line, skip_token(line, p->start)), " for ");
	if (IS_EXACTLY_ONE_OF(word, words)) /* "no chap secret entry for bob" */
		return !((str_ends(first, "ed") || str_is(first, "entry")) &&
			 goes_on(word_behind(line, first)));
	return str_is(word, "with") || str_is(word, "digest") || is_configured(p) ||
	       (STANDS_BEFORE(line, p->word, phrases) && !is_tale(p));
}

/* `pass` and `pwd` are parts of many words and phrases. */
static bool equals_announces(const struct place *p)
{
	return p->gap == GAP_EQUALS;
}

/* ` : PSK X`, and no more: a row of ipsec.secrets. */
static bool ends_secrets_row(const struct place *p)
{
	static const char *const row[] = {": "};
	size_t end;

	if (p->gap == GAP_EQUALS || p->gap == GAP_COLON ||
	    !ENDS_WITH(before(p->line, p->word), row))
		return false;
	end = value_end(p);
	if (end < p->line.len && p->line.at[end] == p->quote)
		end++;
	return skip_blanks(p->line, end) >= p->line.len;
}

/* `psk=X`, `ipsec psk X`. */
static bool psk_is_announced(const struct place *p)
{
	static const char *const words[] = {"ipsec", "ike", "l2tp", "vpn", "set"};

	if (p->gap == GAP_EQUALS)
		return true;
	if (is_english(p->line, p->start))
		return false;
	if (p->gap == GAP_COLON)
		return !is_sentence(p);
	return p->gap == GAP_MARK || ends_secrets_row(p) ||
	       IS_EXACTLY_ONE_OF(word_before(p->line, p->word), words);
}

/* ` : EAP "X"` */
static bool eap_is_announced(const struct place *p)
{
	return p->quote != '\0' && ends_secrets_row(p);
}

/* ` key X`: `radius server`, `crypto ikev2 keyring`. The number of a key is none. */
static bool is_configured_key(const struct place *p)
{
	size_t digits = skip_digits(p->line, p->value);

	return (p->value > p->start || (digits < p->line.len && !ends_token(p->line.at[digits]))) &&
	       is_configured(p);
}

/* `key 7 1511021F0725`: encrypted so, by the kind. */
static bool is_encrypted_key(const struct place *p)
{
	size_t end = p->value;

	if (p->value == p->start || p->line.at[p->start] != '7')
		return false;
	while (end < p->line.len && char_is_hex(p->line.at[end]))
		end++;
	return end - p->value >= HEX_LEAST && (end == p->line.len || ends_token(p->line.at[end]));
}

static bool key_is_announced(const struct place *p)
{
	static const char *const joined[] = {"shared-", "shared_",         "preshared", "private-",
					     "server-", "authentication-", "digest-"};
	static const char *const phrases[] = {"radius-server ", "tacacs-server ", "isakmp ",
					      "shared-key ", "server-private "};

	if (p->gap != GAP_EQUALS && is_english(p->line, p->start))
		return false;
	if (ENDS_WITH(before(p->line, p->word), joined))
		return p->gap != GAP_COLON || !is_sentence(p);
	if (p->gap != GAP_BLANKS)
		return false;
	return STANDS_BEFORE(p->line, p->word, phrases) || is_configured_key(p) ||
	       is_encrypted_key(p) || (has_kind(p) && char_is_letter(p->line.at[p->kind]));
}

/* ` key-string X` of a key chain. */
static bool chain_is_announced(const struct place *p)
{
	return p->gap != GAP_COLON && !is_english(p->line, p->start);
}

static const struct announcer announcers[] = {
	{"password", false, password_is_announced},
	{"secret", false, password_is_announced},
	{"passwd", false, password_is_announced},
	{"passphrase", false, password_is_announced},
	{"pass", true, equals_announces},
	{"pwd", true, equals_announces},
	{"psk", true, psk_is_announced},
	{"key-string", false, chain_is_announced},
	{"key", false, key_is_announced},
	{"xauth", true, eap_is_announced},
	{"eap", true, eap_is_announced},
};

/* The row whose word begins at `at`, or NULL. */
static const struct announcer *announcer_at(struct str s, size_t at)
{
	char first = char_lower(s.at[at]);

	for (size_t i = 0; i < sizeof(announcers) / sizeof(announcers[0]); i++) {
		const struct announcer *a = &announcers[i];
		struct str here;

		if (a->word[0] != first)
			continue;
		here = (struct str){s.at + at, strlen(a->word)};
		if (here.len <= s.len - at && str_equal_nocase(here, str_of(a->word)) &&
		    !(a->stands_alone && at > 0 &&
		      (char_is_letter(s.at[at - 1]) || char_is_digit(s.at[at - 1]))))
			return a;
	}
	return NULL;
}

/* ---- from the word to its value ---- */

/* `[69]  21  `: number and length of the attribute, as IOS prints RADIUS. */
static size_t attribute_end(struct str s, size_t at)
{
	size_t end;

	at = skip_blanks(s, at);
	if (at >= s.len || s.at[at] != '[')
		return 0;
	end = skip_digits(s, at + 1);
	if (end == at + 1 || end > at + 1 + ATTRIBUTE_DIGITS || end >= s.len || s.at[end] != ']')
		return 0;
	at = skip_blanks(s, end + 1);
	end = skip_digits(s, at);
	return end > at && end < s.len && char_is_blank(s.at[end]) ? skip_blanks(s, end) : 0;
}

/* The tag of RFC 2868 3.1 as FreeRADIUS prints it: `Tunnel-Password:1 = `. */
static size_t tag_end(struct str s, size_t at)
{
	static const char *const marks[] = {"=", ":", "+="};
	size_t end = at < s.len && s.at[at] == ':' ? skip_digits(s, at + 1) : at;
	struct str behind = str_from(s, skip_blanks(s, end));

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (end > at + 1 && end <= at + 1 + TAG_DIGITS && str_starts(behind, marks[i]))
			return end;
	return at;
}

/* Over what stands between the word and its value; the quote that opens that, or NUL. */
static char cross_gap(struct str s, size_t *at, enum gap *ret)
{
	bool closes = *at < s.len && is_quote(s.at[*at]);
	char opens = '\0';
	size_t i = *at + closes;

	*ret = closes ? GAP_QUOTE_END : GAP_BLANKS;
	if (i < s.len && s.at[i] == '>') {
		*ret = GAP_MARK;
		i++;
	}
	for (; i < s.len && opens == '\0'; i++) {
		if (s.at[i] == '=' || (s.at[i] == '+' && i + 1 < s.len && s.at[i + 1] == '='))
			*ret = GAP_EQUALS;
		else if (s.at[i] == ':' && *ret != GAP_EQUALS)
			*ret = GAP_COLON;
		else if (is_quote(s.at[i]))
			opens = s.at[i];
		else if (s.at[i] != ':' && !char_is_blank(s.at[i]))
			break;
	}
	if (opens != '\0' && (*ret == GAP_BLANKS || *ret == GAP_COLON))
		*ret = GAP_MARK;
	*at = i;
	return opens;
}

/* `level 15`, of the rights that the password gives. */
static size_t level_end(struct str line, size_t at)
{
	struct str word = word_at(line, at);
	size_t digits, end;

	if (!str_is(word, "level"))
		return at;
	digits = skip_blanks(line, at + word.len);
	end = skip_digits(line, digits);
	return end > digits && end - digits <= LEVEL_DIGITS && end < line.len &&
			       char_is_blank(line.at[end])
		       ? skip_blanks(line, end)
		       : at;
}

/* `password 7 1511021F0725`, `password cipher X`: the kind of its encryption is masked with it. */
static size_t kind_end(struct str line, size_t at)
{
	static const char *const kinds[] = {
		"simple",     "cipher", "irreversible-cipher", "plain",  "encrypted", "local",
		"ascii-text", "ascii",  "hexadecimal",         "remote", "md5"};
	struct str word = word_at(line, at);
	bool is_number = word.len == 1 && char_is_digit(word.at[0]);
	size_t next = skip_blanks(line, at + word.len);
	bool is_last;

	if ((!is_number && !IS_ONE_OF(word, kinds)) || next == at + word.len || next >= line.len)
		return at;
	is_last = skip_blanks(line, next + word_at(line, next).len) >= line.len;
	return !(is_number && is_last) && is_english(line, next) ? at : next;
}

static size_t skip_kinds(struct str line, size_t at)
{
	for (int i = 0; i < KINDS_MOST; i++)
		at = kind_end(line, at);
	return at;
}

/* Where the value begins, behind a word that ends at `at`; false where none does. */
static bool find_value(struct place *p, size_t at)
{
	size_t attribute = attribute_end(p->line, at);
	size_t behind = tag_end(p->line, at);

	p->is_attribute = attribute > 0;
	p->is_element = behind < p->line.len && p->line.at[behind] == '>';
	p->start = attribute > 0 ? attribute : behind;
	p->gap = GAP_MARK;
	if (attribute > 0) {
		size_t tag = skip_digits(p->line, attribute);

		if (tag == attribute + TAG_DIGITS && tag < p->line.len && p->line.at[tag] == ':')
			p->start = tag + 1;
		if (p->start < p->line.len && is_quote(p->line.at[p->start]))
			p->quote = p->line.at[p->start++];
	} else {
		p->quote = cross_gap(p->line, &p->start, &p->gap);
	}
	if (p->start == at || p->start >= p->line.len || p->gap == GAP_QUOTE_END)
		return false;
	p->kind = p->value = p->start;
	if (attribute == 0 && p->quote == '\0' && p->gap != GAP_EQUALS) {
		p->kind = level_end(p->line, p->start);
		p->value = skip_kinds(p->line, p->kind);
		if (p->value > p->start && p->value < p->line.len && is_quote(p->line.at[p->value]))
			p->quote = p->line.at[p->value++];
	}
	return p->value < p->line.len;
}

/* A word that announces a secret begins at `at`, and the secret stands behind it. */
static bool secret_at(struct str line, size_t at, struct place *p)
{
	const struct announcer *a = announcer_at(line, at);

	if (a == NULL)
		return false;
	*p = (struct place){.line = line, .word = at};
	if (!find_value(p, at + strlen(a->word)) || !a->is_announced(p) || is_hidden(p))
		return false;
	p->end = value_end(p);
	return p->end > p->value;
}

/* `Login incorrect (why): [bob/password] (from client lns ...`: FreeRADIUS with auth_badpass or
 * auth_goodpass. A name may hold a slash: from the first on, all is masked. */
static bool login_at(struct str line, size_t at, struct place *p)
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
	*p = (struct place){.line = line, .start = at + slash + 1, .end = at + behind.len};
	p->value = p->start;
	return true;
}

/* `"$9$..."` of Junos, `"$6$..."` of crypt(5): what is written so is a secret, whatever its name.
 */
static bool crypted_at(struct str line, size_t at, struct place *p)
{
	size_t value = at + 1;
	size_t digit = skip_digits(line, value + 1);

	if (!str_starts(str_from(line, value), "$") || digit != value + 2 || digit >= line.len ||
	    line.at[digit] != '$')
		return false;
	*p = (struct place){.line = line, .start = value, .value = value};
	p->end = quoted_end(line, value, line.at[at]);
	return true;
}

static bool is_at(struct str line, size_t at, struct place *p)
{
	if (line.at[at] == ':')
		return login_at(line, at, p);
	return is_quote(line.at[at]) ? crypted_at(line, at, p) : secret_at(line, at, p);
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
static bool next_secret(struct str line, size_t at, struct place *p)
{
	for (; at + 1 < line.len; at++)
		if ((begins[(uint8_t)line.at[at]] & BEFORE((uint8_t)line.at[at + 1])) &&
		    is_at(line, at, p))
			return true;
	return false;
}

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
		struct place p;
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
		struct place p;

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
		struct place p;

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

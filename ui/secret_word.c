#include "secret_word.h"
#include "line_word.h"

enum { HEX_LEAST = 4 };

struct announcer {
	const char *word;
	bool stands_alone; /* `bypass=` is another word */
	bool (*is_announced)(const struct secret_place *p);
};

/* ---- what stands around a word ---- */

/* All that a line of a configuration says: an indented ` key X`, or one that was typed. */
static bool is_configured(const struct secret_place *p)
{
	static const char *const typed[] = {"logged command:", "command is"};
	struct str s = line_before(p->line, p->word);
	size_t len = s.len;

	while (s.len > 0 && char_is_blank(s.at[s.len - 1]))
		s.len--;
	if (!(s.len == 0 && len > 0 && len == p->word) && !ENDS_WITH(s, typed))
		return false;
	return skip_blanks(p->line, secret_value_end(p)) >= p->line.len;
}

/* Behind `password:` a sentence may stand, too. */
static bool is_sentence(const struct secret_place *p)
{
	static const char *const advice[] = {"ask", "check", "contact"};

	return words_are_english(p->line, p->value) ||
	       (IS_ONE_OF(word_at(p->line, p->value), advice) &&
		words_are_plain(p->line, p->value));
}

/* `username bob tried secret twice today`: between the name and the word stands another one. */
static bool is_tale(const struct secret_place *p)
{
	static const char *const names[] = {"username", "local-user", "sent-username"};
	struct str word = word_before(p->line, p->word);
	struct str earlier = word_before(p->line, (size_t)(word.at - p->line.at));

	return p->value == p->start && str_ends(word, "ed") && !ENDS_WITH(earlier, names) &&
	       words_are_plain(p->line, p->start);
}

/* `password 7 X`, `key cipher X`: nobody speaks so. */
static bool has_kind(const struct secret_place *p)
{
	static const char *const kinds[] = {"cipher", "irreversible-cipher", "simple"};
	struct str kind = word_at(p->line, p->kind);

	return p->value > p->kind &&
	       (char_is_digit(p->line.at[p->kind]) || IS_EXACTLY_ONE_OF(kind, kinds));
}

/* ---- the words ---- */

/* `password` and a blank are also English. It announces a value at the end of an attribute's
 * name, behind what configurations have before it, and before the kind of an encryption. */
static bool password_is_announced(const struct secret_place *p)
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
	if (words_are_english(line, p->start))
		return false;
	if (p->word > 0 && line.at[p->word - 1] == '-')
		return !ENDS_WITH(line_before(line, p->word), names);
	if (has_kind(p))
		return true;
	if (str_is_nocase(word, "using")) /* "using password X for bob" */
		return str_starts(str_from(line, skip_word(line, p->start)), " for ");
	if (IS_EXACTLY_ONE_OF(word, words)) /* "no chap secret entry for bob" */
		return !((str_ends(first, "ed") || str_is(first, "entry")) &&
			 word_goes_on(word_behind(line, first)));
	return str_is(word, "with") || str_is(word, "digest") || is_configured(p) ||
	       (STANDS_BEFORE(line, p->word, phrases) && !is_tale(p));
}

/* `pass` and `pwd` are parts of many words and phrases. */
static bool equals_announces(const struct secret_place *p)
{
	return p->gap == GAP_EQUALS;
}

/* ` : PSK X`, and no more: a row of ipsec.secrets. */
static bool ends_secrets_row(const struct secret_place *p)
{
	static const char *const row[] = {": "};
	size_t end;

	if (p->gap == GAP_EQUALS || p->gap == GAP_COLON ||
	    !ENDS_WITH(line_before(p->line, p->word), row))
		return false;
	end = secret_value_end(p);
	if (end < p->line.len && p->line.at[end] == p->quote)
		end++;
	return skip_blanks(p->line, end) >= p->line.len;
}

/* `psk=X`, `ipsec psk X`. */
static bool psk_is_announced(const struct secret_place *p)
{
	static const char *const words[] = {"ipsec", "ike", "l2tp", "vpn", "set"};

	if (p->gap == GAP_EQUALS)
		return true;
	if (words_are_english(p->line, p->start))
		return false;
	if (p->gap == GAP_COLON)
		return !is_sentence(p);
	return p->gap == GAP_MARK || ends_secrets_row(p) ||
	       IS_EXACTLY_ONE_OF(word_before(p->line, p->word), words);
}

/* ` : EAP "X"` */
static bool eap_is_announced(const struct secret_place *p)
{
	return p->quote != '\0' && ends_secrets_row(p);
}

/* ` key X`: `radius server`, `crypto ikev2 keyring`. The number of a key is none. */
static bool is_configured_key(const struct secret_place *p)
{
	size_t digits = skip_digits(p->line, p->value);

	return (p->value > p->start || (digits < p->line.len && !ends_word(p->line.at[digits]))) &&
	       is_configured(p);
}

/* `key 7 1511021F0725`: encrypted so, by the kind. */
static bool is_encrypted_key(const struct secret_place *p)
{
	size_t end = p->value;

	if (p->value == p->start || p->line.at[p->start] != '7')
		return false;
	while (end < p->line.len && char_is_hex(p->line.at[end]))
		end++;
	return end - p->value >= HEX_LEAST && (end == p->line.len || ends_word(p->line.at[end]));
}

static bool key_is_announced(const struct secret_place *p)
{
	static const char *const joined[] = {"shared-", "shared_",         "preshared", "private-",
					     "server-", "authentication-", "digest-"};
	static const char *const phrases[] = {"radius-server ", "tacacs-server ", "isakmp ",
					      "shared-key ", "server-private "};

	if (p->gap != GAP_EQUALS && words_are_english(p->line, p->start))
		return false;
	if (ENDS_WITH(line_before(p->line, p->word), joined))
		return p->gap != GAP_COLON || !is_sentence(p);
	if (p->gap != GAP_BLANKS)
		return false;
	return STANDS_BEFORE(p->line, p->word, phrases) || is_configured_key(p) ||
	       is_encrypted_key(p) || (has_kind(p) && char_is_letter(p->line.at[p->kind]));
}

/* ` key-string X` of a key chain. */
static bool chain_is_announced(const struct secret_place *p)
{
	return p->gap != GAP_COLON && !words_are_english(p->line, p->start);
}

/* What a new one begins with is to stand in `begins` (secrecy.c), too. */
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

bool secret_word_is_at(struct str line, size_t at, struct secret_place *p)
{
	const struct announcer *a = announcer_at(line, at);

	if (a == NULL)
		return false;
	*p = (struct secret_place){.line = line, .word = at};
	if (!secret_find_value(p, at + strlen(a->word)) || !a->is_announced(p) ||
	    secret_is_hidden(p))
		return false;
	p->end = secret_value_end(p);
	return p->end > p->value;
}

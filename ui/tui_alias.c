#include "tui_alias.h"
#include "character.h"

const struct tui_alias *tui_alias_of(const struct tui *t, const struct address *a)
{
	for (size_t i = 0; i < t->n_aliases; i++) {
		if (address_equal(&t->aliases[i].address, a))
			return &t->aliases[i];
	}
	return NULL;
}

static bool is_of_address(char c)
{
	return char_is_hex(c) || c == ':' || c == '.';
}

/* The octets from `at` on that may be an address: a full stop or colon behind one is none of it. */
static size_t address_length(struct str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && is_of_address(s.at[at + n]))
		n++;
	while (n > 0 && (s.at[at + n - 1] == '.' || s.at[at + n - 1] == ':'))
		n--;
	return n;
}

static const struct tui_alias *alias_named(const struct tui *t, struct str words)
{
	struct address a;

	return address_parse(words, &a) ? tui_alias_of(t, &a) : NULL;
}

static bool is_word(char c)
{
	return char_is_digit(c) || char_is_letter(c);
}

static size_t spaces_at(struct str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && s.at[at + n] == ' ')
		n++;
	return n;
}

/* What stood `was` columns wide is now `is`; gives how many of the spaces behind it are left out.
 */
static size_t keep_column(struct text *out, struct str s, size_t at, size_t was, size_t is)
{
	size_t n = spaces_at(s, at);

	if (n < 2)
		return 0;
	if (is >= was)
		return is - was < n - 1 ? is - was : n - 1;
	for (; is < was; is++)
		text_putc(out, ' ');
	return 0;
}

static void put_all(const struct tui *t, struct text *out, struct str s)
{
	size_t i = 0;

	while (i < s.len) {
		bool begins = is_of_address(s.at[i]) && (i == 0 || !is_word(s.at[i - 1]));
		size_t n = begins ? address_length(s, i) : 0;
		const struct tui_alias *alias = n > 1 && (i + n == s.len || !is_word(s.at[i + n]))
							? alias_named(t, (struct str){s.at + i, n})
							: NULL;
		size_t start = out->len;

		if (alias == NULL) {
			n = n == 0 ? 1 : n;
			text_add(out, (struct str){s.at + i, n});
			i += n;
			continue;
		}
		text_escape(out, alias->name);
		i += n;
		i += keep_column(out, s, i, n, term_columns(str_from(text_str(out), start)));
	}
}

void tui_alias_put(const struct tui *t, struct text *line, size_t from)
{
	struct text out;

	if (t->n_aliases == 0 || line->len <= from)
		return;
	out = text_make(line->max);
	text_add(&out, (struct str){line->at, from});
	put_all(t, &out, str_from(text_str(line), from));
	text_clear(line);
	text_add(line, text_str(&out));
	text_free(&out);
}

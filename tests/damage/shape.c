/* What happens to a log on its way to us: wrapped, joined, fenced, told about; and one wound. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "damage.h"

/* Marks in the text until wound_locate takes them out. */
enum { WOUND = 1, RECORD_FIRST = 2, RECORD_LAST = RECORD_FIRST + WOUNDS };

enum kind { DROP_DIGIT, CONFUSE_L, CONFUSE_O, CONFUSE_Q, KINDS };

static const char *const confused[KINDS] = {
	[CONFUSE_L] = "l1I",
	[CONFUSE_O] = "O0",
	[CONFUSE_Q] = "QP",
};

static bool is_row(const struct line *l)
{
	return !l->is_head && strncmp(l->text.at, "      ", 6) == 0;
}

/* Records whose words and numbers prove each other. */
static bool is_provable(const struct line *l)
{
	static const char *const tags[] = {" L2TP:", " L2X:", " LCP:", " IPCP:", " CHAP:", " PPP:"};

	if (!l->is_head)
		return false;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (strstr(l->text.at, tags[i]) != NULL)
			return true;
	}
	return false;
}

/* A digit of a dump or of an option's octets: `(0x0305C22305)`. */
static bool is_hex_digit(const struct line *l, size_t at)
{
	const char *text = l->text.at;
	const char *open = strstr(text, "(0x");

	if (!isxdigit((unsigned char)text[at]) || (at > 0 && text[at - 1] == WOUND))
		return false;
	if (is_row(l))
		return l->mask.at[at] == FREE;
	return open != NULL && text + at >= open + 3 &&
	       memchr(open, ')', (size_t)(text + at - open)) == NULL;
}

static bool can_hurt(const struct line *l, size_t at, enum kind kind)
{
	if (kind == DROP_DIGIT)
		return is_hex_digit(l, at);
	if (strchr(confused[kind], l->text.at[at]) == NULL || l->text.at[at] < ' ')
		return false;
	if (is_row(l))
		return l->mask.at[at] == FREE;
	return is_provable(l) && l->mask.at[at] == FREE;
}

static size_t count_sites(const struct console consoles[2], enum kind kind, size_t stop,
			  size_t *ret_console, size_t *ret_line, size_t *ret_at)
{
	size_t n = 0;

	for (size_t c = 0; c < 2; c++) {
		for (size_t i = 0; i < consoles[c].n; i++) {
			const struct line *l = &consoles[c].lines[i];

			for (size_t at = 0; at < l->text.len; at++) {
				if (!can_hurt(l, at, kind))
					continue;
				if (n++ == stop) {
					*ret_console = c;
					*ret_line = i;
					*ret_at = at;
					return n;
				}
			}
		}
	}
	return n;
}

/* What is put in is not hurt again. */
static void insert(struct line *l, size_t at, size_t removed, const char *with)
{
	static const char hurt[] = {IDENTITY};
	struct buffer text = {0}, mask = {0};

	buffer_put(&text, l->text.at, at);
	buffer_puts(&text, with);
	buffer_puts(&text, l->text.at + at + removed);
	buffer_put(&mask, l->mask.at, at);
	for (size_t i = 0; with[i] != '\0'; i++)
		buffer_put(&mask, hurt, 1);
	buffer_put(&mask, l->mask.at + at + removed, l->text.len - at - removed);
	buffer_free(&l->text);
	buffer_free(&l->mask);
	l->text = text;
	l->mask = mask;
}

void wound_make(struct dice *d, struct console consoles[2], unsigned index, struct wound *ret)
{
	enum kind kind = (enum kind)dice_below(d, KINDS);
	size_t line = 0, at = 0, first, last;
	char with[3] = {WOUND, '\0', '\0'};
	char mark[2] = {(char)(RECORD_FIRST + index), '\0'};
	struct console *c;
	struct line *l;
	char was;
	size_t sites = count_sites(consoles, kind, SIZE_MAX, &ret->console, &line, &at);

	if (sites == 0) /* a log without dumps and options */
		return;
	count_sites(consoles, kind, dice_below(d, (uint32_t)sites), &ret->console, &line, &at);
	c = &consoles[ret->console];
	l = &c->lines[line];
	was = l->text.at[at];
	if (kind != DROP_DIGIT) {
		const char *all = confused[kind];

		do
			with[1] = all[dice_below(d, (uint32_t)strlen(all))];
		while (with[1] == was);
	}
	ret->is_there = true;
	snprintf(ret->what, sizeof(ret->what), "%s %c%s%s at %zu in: %.200s",
		 kind == DROP_DIGIT ? "drops" : "changes", was, kind == DROP_DIGIT ? "" : " to ",
		 with + 1, at, l->text.at);
	insert(l, at, 1, with);

	for (first = line; first > 0 && !c->lines[first].is_head;)
		first--;
	for (last = line; last + 1 < c->n && is_row(&c->lines[last + 1]);)
		last++;
	insert(&c->lines[first], 0, 0, mark);
	mark[0] = (char)(RECORD_LAST + index);
	insert(&c->lines[last], c->lines[last].text.len, 0, mark);
}

enum layout { KEEP, WRAP_AT_BLANKS, WRAP_ANYWHERE, WRAP_RANDOM, JOIN, JOIN_AND_WRAP, LAYOUTS };
enum blanks { NO_BLANKS, SOME_BLANKS, ALL_BLANKS };

static const char *const prose[] = {
	"The access concentrator now forwards the call to the network server.",
	"El LNS responde con un SCCRP y el t\xC3\xBAnel se encuentra en estado establecido.",
	"Note: the tunnel password must be the same at both ends.",
	"LAC は CHAP 身元証明要求を送信します。",
	"8. After this the session state is Established, and traffic can flow.",
	"Page 7 of 12",
	"The LNS sends a StopCCN with result code 1, and the tunnel goes to idle.",
	"Tunnel state change from idle to established means that the peer has answered.",
	"In this step the LCP: I CONFREQ asks for CHAP, and O CONFACK accepts it.",
	"Note that O SCCRQ is what the LAC prints; the LNS prints I SCCRQ.",
	"Le LNS renvoie un SCCRP, et l'\xC3\xA9tat du tunnel passe de idle \xC3\xA0 established.",
	"Der LAC sendet ICRQ an den LNS (Tnl/Cl 17688/7), der mit ICRP antwortet.",
	"CHAP: I RESPONSE id 6 is the answer of the client.",
	"L'interfaccia Virtual-Access1 viene clonata da Virtual-Template1.",
	"1. O ICRQ to the LNS 2. I ICRP from the LNS",
	("\xE2\x80\xA2 \xD0\xA2\xD1\x83\xD0\xBD\xD0\xBD\xD0\xB5\xD0\xBB\xD1\x8C: SCCRQ, "
	 "SCCRP, SCCCN"),
};

static const char *const commands[] = {
	"", "", "", "show debug", "undebug all", "show vpdn tunnel", "configure terminal", "exit",
};

/* Control characters are marks and take no room. */
static size_t width(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += (unsigned char)text[i] >= ' ';
	return n;
}

static void put_line(struct dice *d, struct buffer *out, const char *text, size_t len,
		     enum blanks blanks)
{
	while (len > 0 && text[len - 1] == ' ')
		len--;
	buffer_put(out, text, len);
	buffer_puts(out, "\n");
	if (blanks == ALL_BLANKS || (blanks == SOME_BLANKS && dice_below(d, 6) == 0))
		buffer_puts(out, "\n");
}

/* Every line as wide as the first, or, with 0 columns, each as wide as the dice say. */
static void put_wrapped(struct dice *d, struct buffer *out, const char *text, size_t columns,
			bool at_blanks, enum blanks blanks)
{
	size_t len = strlen(text);
	bool is_random = columns == 0;

	for (;;) {
		size_t cut;

		if (is_random)
			columns = 16 + dice_below(d, 90);
		if (width(text, len) <= columns)
			break;
		cut = columns;
		if (at_blanks) {
			while (cut > columns / 2 && text[cut] != ' ')
				cut--;
			if (text[cut] != ' ')
				break;
		}
		put_line(d, out, text, cut, blanks);
		if (at_blanks)
			cut++;
		text += cut;
		len -= cut;
	}
	put_line(d, out, text, len, blanks);
}

/* Runs of blanks become one, as in a text that went through a web page. */
static void put_joined(struct buffer *out, const char *text)
{
	bool is_blank = out->len == 0 || out->at[out->len - 1] == '\n';

	for (; *text != '\0'; text++) {
		if (*text == ' ' && is_blank)
			continue;
		is_blank = *text == ' ';
		buffer_put(out, text, 1);
	}
	if (!is_blank)
		buffer_puts(out, " ");
}

static void end_paragraph(struct buffer *out)
{
	while (out->len > 0 && out->at[out->len - 1] == ' ')
		out->len--;
	if (out->len > 0 && out->at[out->len - 1] != '\n')
		buffer_puts(out, "\n");
}

/* Many records in one line, and that line wrapped. */
static void put_paragraph(struct dice *d, struct buffer *out, struct buffer *joined, size_t columns,
			  enum blanks blanks)
{
	if (joined->len > 0)
		put_wrapped(d, out, joined->at, columns, dice_below(d, 2) == 0, blanks);
	buffer_free(joined);
	*joined = (struct buffer){0};
}

/* Words, a prompt or a fence between two records. */
static void put_between(struct dice *d, const struct console *c, struct buffer *out,
			bool with_prose, bool with_prompts, bool with_fences)
{
	if (with_fences && dice_below(d, 25) == 0) {
		end_paragraph(out);
		buffer_puts(out, "```\n\n```\n");
	}
	if (with_prose && dice_below(d, 20) == 0) {
		end_paragraph(out);
		buffer_puts(out, prose[dice_below(d, sizeof(prose) / sizeof(prose[0]))]);
		buffer_puts(out, "\n");
	}
	if (with_prompts && dice_below(d, 30) == 0) {
		end_paragraph(out);
		buffer_puts(out, c->prompt);
		buffer_puts(out, "#");
		buffer_puts(out, commands[dice_below(d, sizeof(commands) / sizeof(commands[0]))]);
		buffer_puts(out, "\n");
	}
}

void shape(struct dice *d, const struct console *c, struct buffer *out)
{
	enum layout layout = (enum layout)dice_below(d, LAYOUTS);
	size_t columns = 40 + dice_below(d, 60);
	static const enum blanks all_blanks[] = {NO_BLANKS,   NO_BLANKS,   NO_BLANKS,
						 SOME_BLANKS, SOME_BLANKS, ALL_BLANKS};
	enum blanks blanks = all_blanks[dice_below(d, 6)];
	struct buffer joined = {0};
	bool with_prose = dice_below(d, 3) == 0;
	bool with_prompts = dice_below(d, 3) == 0;
	bool with_fences = dice_below(d, 3) == 0;

	if (with_fences)
		buffer_puts(out, "```\n");
	for (size_t i = 0; i < c->n; i++) {
		const char *text = c->lines[i].text.at;

		if (text == NULL)
			text = "";
		if (c->lines[i].is_head) {
			/* what stands between ends a paragraph */
			if (joined.len > 0 && dice_below(d, 12) == 0)
				put_paragraph(d, out, &joined, columns, blanks);
			if (joined.len == 0)
				put_between(d, c, out, with_prose, with_prompts, with_fences);
		}
		switch (layout) {
		case JOIN:
			put_joined(out, text);
			break;
		case JOIN_AND_WRAP:
			put_joined(&joined, text);
			break;
		case WRAP_AT_BLANKS:
		case WRAP_ANYWHERE:
		case WRAP_RANDOM:
			put_wrapped(d, out, text, layout == WRAP_RANDOM ? 0 : columns,
				    layout == WRAP_AT_BLANKS, blanks);
			break;
		default:
			put_line(d, out, text, strlen(text), blanks);
			break;
		}
	}
	put_paragraph(d, out, &joined, columns, blanks);
	end_paragraph(out);
	if (with_fences)
		buffer_puts(out, "```\n");
}

void wound_locate(struct buffer *text, struct wound ret[WOUNDS])
{
	unsigned line = 1;
	size_t out = 0;

	for (size_t i = 0; i < text->len; i++) {
		int c = (unsigned char)text->at[i];

		if (c >= RECORD_FIRST && c < RECORD_FIRST + WOUNDS) {
			ret[c - RECORD_FIRST].line_first = line;
		} else if (c >= RECORD_LAST && c < RECORD_LAST + WOUNDS) {
			ret[c - RECORD_LAST].line_last = line;
		} else if (c != WOUND) {
			line += c == '\n';
			text->at[out++] = text->at[i];
		}
	}
	text->len = out;
	text->at[out] = '\0';
}

#include "daemon_hear.h"

#include "character.h"
#include "flow.h"
#include "ios_line.h"

enum {
	JOINED_MOST = 4096, /* of a wrapped record */
	ALIAS_MOST = 96,    /* octets of a host's name and a program's */
	JOINS = 2,          /* physical lines that a wrapped record goes on over */
	SENTENCE_LINES = 8, /* and a sentence */
	NARROW = 66,        /* columns; who wraps does so at 72 or more */
};

static void add_programs(struct hearing *g)
{
	for (size_t d = 0; d < n_daemon_dialects; d++) {
		const char *const *p = daemon_dialects[d]->programs;

		for (; *p && g->n_programs < HEARING_PROGRAMS; p++) {
			g->program_dialect[g->n_programs] = (uint8_t)d;
			g->programs[g->n_programs++] = *p;
		}
	}
}

void hearing_open(struct hearing *g, struct str content, int year, struct arena *arena,
		  struct arena *names)
{
	const struct grammar_table *tables[HEARING_DIALECTS];
	struct dialect all = {"daemons", tables, 0};

	*g = (struct hearing){.content = content, .year = year, .arena = arena, .names = names};
	for (size_t d = 0; d < n_daemon_dialects && d < HEARING_DIALECTS; d++)
		tables[all.n_tables++] = daemon_dialects[d]->tables;
	g->grammar = grammar_new(&all);
	add_programs(g);
	g->split = (struct splitter){.content = content,
				     .year = year,
				     .programs = g->programs,
				     .n_programs = g->n_programs};
}

void hearing_close(struct hearing *g)
{
	grammar_free(g->grammar);
}

void hearing_grow(struct hearing *g, size_t len)
{
	g->content.len = len;
	split_grow(&g->split, len);
}

/* ---- text ---- */

static const struct {
	const char *from;
	char to;
} escapes[] = {{"#011", ' '},  {"#012", ' '},   {"&lt;", '<'},   {"&gt;", '>'},
	       {"&amp;", '&'}, {"&quot;", '"'}, {"&#39;", '\''}, {"	", ' '}};

static bool is_clean(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] == '#' || s.at[i] == '&' || s.at[i] == '\t' ||
		    typographic_at(str_from(s, i)))
			return false;
	return true;
}

static struct str clean(struct hearing *g, struct str s)
{
	char *text;
	size_t n = 0;

	s = str_trim(s);
	if (s.len > LIMIT_RECORD)
		s.len = LIMIT_RECORD;
	if (is_clean(s))
		return s;
	text = arena_alloc(g->arena, s.len);
	if (!text)
		return s;
	for (size_t i = 0; i < s.len;) {
		const struct typographic *sign = typographic_at(str_from(s, i));
		size_t step = sign ? strlen(sign->bytes) : 1;
		char c = sign ? sign->plain : s.at[i];

		for (size_t k = 0; k < sizeof(escapes) / sizeof(escapes[0]); k++) {
			if (str_starts(str_from(s, i), escapes[k].from)) {
				c = escapes[k].to;
				step = strlen(escapes[k].from);
				break;
			}
		}
		if (!sign || c)
			text[n++] = c;
		i += step;
	}
	return str_trim((struct str){text, n});
}

/* rsyslog: `message repeated 4 times: [ text]`. */
static struct str unrepeated(struct str s)
{
	size_t open;

	if (!str_starts(s, "message repeated ") || !str_ends(s, "]"))
		return s;
	open = str_find(s, STR(": ["));
	if (open == SIZE_MAX)
		return s;
	s.len--;
	return str_trim(str_from(s, open + 3));
}

/* ---- claims ---- */

static size_t dialect_of_row(const struct grammar_row *row)
{
	for (size_t d = 0; d < n_daemon_dialects; d++) {
		size_t n = strlen(daemon_dialects[d]->name);

		if (strncmp(row->name, daemon_dialects[d]->name, n) == 0 && row->name[n] == '.')
			return d;
	}
	return 0;
}

static bool match(struct hearing *g, const char *only, struct heard *h)
{
	return h->text.len && grammar_match_line(g->grammar, h->text, only, g->arena, &h->match);
}

static bool dialect_of_program(const struct hearing *g, struct str program, size_t *ret)
{
	for (size_t i = 0; i < g->n_programs && program.len; i++) {
		if (!str_is(program, g->programs[i]))
			continue;
		*ret = g->program_dialect[i];
		return true;
	}
	return false;
}

/* Right behind lines of a dialect, what one of its own rows reads is its own. */
static bool is_own_line(struct hearing *g, size_t current, bool is_tagged, struct heard *h)
{
	return !is_tagged && current != HEARING_NOBODY &&
	       match(g, daemon_dialects[current]->name, h) && !(h->match.row->flags & ROW_GENERIC);
}

/* Apple's L2TP is a plugin of pppd, and its lines have pppd's tag. */
static bool hear_plugin(struct hearing *g, struct heard *h)
{
	for (size_t d = 0; d < n_daemon_dialects; d++) {
		const char *host = daemon_dialects[d]->plugin_of;

		if (!host || !str_is(h->prefix.program, host) ||
		    !match(g, daemon_dialects[d]->name, h))
			continue;
		h->dialect = d;
		h->claim = CLAIM_READ;
		return true;
	}
	return false;
}

/* `2024-06-14T10:52:57+02:00 modem DIAL: sent [LCP …`, `SYSLOG 10: sent [LCP …`: a supervisor gave
 * its pppd another name, which is the last word with a letter before the colon. A packet in its
 * words tells, and whatever has that name is its own from then on. One name: the lines of a second
 * one would be taken for the same link's. */
static void hear_alias(struct hearing *g, struct str line, struct heard *h)
{
	struct str rest = str_from(line, h->prefix.body), host = {0}, alias = {0}, text = h->text;
	size_t colon = str_find(rest, STR(": "));
	bool is_known;

	if (h->prefix.program.len || colon == 0 || colon > ALIAS_MOST)
		return;
	for (size_t end = colon, at; end > 0 && !alias.len; end = at) {
		for (at = end; at > 0 && rest.at[at - 1] > ' ';)
			at--;
		for (size_t i = at; i < end; i++)
			if (char_is_letter(rest.at[i]))
				alias = (struct str){rest.at + at, end - at};
		if (alias.len && h->prefix.stamp.len)
			host = str_trim((struct str){rest.at, at});
		at -= at > 0;
	}
	is_known = alias.len && str_equal(alias, g->alias);
	h->text = unrepeated(clean(g, str_from(line, h->prefix.body + colon + 2)));
	if (!alias.len || str_find(host, STR(" ")) != SIZE_MAX ||
	    !match(g, is_known ? daemon_dialects[g->alias_dialect]->name : NULL, h) ||
	    (!is_known && (g->alias.len || h->match.row->kind != RECORD_PPP_PACKET))) {
		h->text = text;
		return;
	}
	h->claim = CLAIM_READ;
	h->dialect = dialect_of_row(h->match.row);
	h->prefix.host = host;
	h->prefix.program = alias;
	h->prefix.body += colon + 2;
	if (is_known)
		return;
	g->alias = arena_str(g->names, alias);
	g->alias_dialect = h->dialect;
}

/* Does it begin as records of that dialect do? */
static bool begins_as(struct str text, const struct daemon_dialect *d)
{
	for (const char *const *head = d->heads; head && *head; head++)
		if (str_starts(text, *head))
			return true;
	return false;
}

/* `CoID={…}: The following error …`, of which the rest stands in the next line. */
static void hear_head(struct hearing *g, struct heard *h)
{
	for (size_t d = 0; d < n_daemon_dialects; d++) {
		if (!begins_as(h->text, daemon_dialects[d]))
			continue;
		h->dialect = d;
		hear_wrapped(g, h);
		return;
	}
}

/* `No response to 3 echo-requests <----- here it ends`: what a poster wrote behind the line. */
static struct str uncommented(struct str s)
{
	static const char *const arrows[] = {" <--", " <==", " <<<"};
	bool may = str_find(s, STR(" <")) != SIZE_MAX;

	for (size_t i = 0; may && i < sizeof(arrows) / sizeof(arrows[0]); i++) {
		size_t at = str_find(s, str_of(arrows[i])), behind = at + strlen(arrows[i]);

		if (at != SIZE_MAX && !(behind < s.len && s.at[behind] == '>'))
			s.len = at;
	}
	return s;
}

/* What the line says without a comment, if only that is read. */
static bool hear_commented(struct hearing *g, struct str line, size_t current, bool is_tagged,
			   struct heard *h)
{
	struct str body = str_from(line, h->prefix.body), bare = uncommented(body);
	struct heard whole = *h;

	if (bare.len == body.len)
		return false;
	h->text = unrepeated(clean(g, bare));
	h->len = str_trim(bare).len;
	if (is_own_line(g, current, is_tagged, h))
		h->dialect = current;
	else if (!match(g, is_tagged ? daemon_dialects[h->dialect]->name : NULL, h) ||
		 (!is_tagged && (h->match.row->flags & ROW_CONTEXT))) {
		*h = whole;
		return false;
	} else if (!is_tagged)
		h->dialect = dialect_of_row(h->match.row);
	h->claim = CLAIM_READ;
	return true;
}

void hear(struct hearing *g, size_t at, size_t current, struct heard *h)
{
	size_t end = split_record_end(&g->split, at);
	struct str line;
	bool is_tagged;

	line = str_range(g->content.at + at, g->content.at + end);
	if (current == HEARING_NOBODY && line_is_ios(line)) {
		h->claim = CLAIM_NONE;
		h->start = at;
		h->end = end;
		return;
	}
	*h = (struct heard){.start = at, .end = end};
	prefix_read(line, g->year, g->programs, &h->prefix);
	h->len = str_trim(str_from(line, h->prefix.body)).len;
	h->text = unrepeated(clean(g, str_from(line, h->prefix.body)));
	if (h->prefix.body && line.at[0] == '"' && str_ends(h->text, "\""))
		h->text.len--; /* a field of a table */
	if (h->prefix.is_code && str_ends(h->text, "`"))
		h->text = str_trim((struct str){h->text.at, h->text.len - 1});
	is_tagged = dialect_of_program(g, h->prefix.program, &h->dialect);
	if (!h->text.len) {
		h->claim = CLAIM_NEUTRAL;
		return;
	}
	if (is_own_line(g, current, is_tagged, h)) {
		h->dialect = current;
		h->claim = CLAIM_READ;
		return;
	}
	if (match(g, is_tagged ? daemon_dialects[h->dialect]->name : NULL, h)) {
		if (!is_tagged)
			h->dialect = dialect_of_row(h->match.row);
		h->claim = CLAIM_READ;
		if (!is_tagged && (h->match.row->flags & ROW_CONTEXT) && current != h->dialect)
			h->claim = CLAIM_NONE;
		return;
	}
	if ((is_tagged && hear_plugin(g, h)) || hear_commented(g, line, current, is_tagged, h))
		return;
	if (is_tagged)
		h->claim = CLAIM_UNREAD;
	else if (h->prefix.stamp.len && h->prefix.program.len && h->text.at[0] != '%')
		h->claim = CLAIM_NEUTRAL;
	else
		hear_alias(g, line, h);
	if (!is_tagged && h->claim == CLAIM_NONE)
		hear_head(g, h);
}

bool hear_wrapped(struct hearing *g, struct heard *h)
{
	struct str text = h->text, alone = h->text;
	size_t end = h->end;

	for (int i = 0; i < JOINS; i++) {
		struct prefix next;
		struct str line, more;

		if (end + 1 >= g->content.len || g->content.at[end] != '\n')
			break;
		line = str_range(g->content.at + end + 1,
				 g->content.at + split_line_end(&g->split, end + 1));
		prefix_read(line, g->year, g->programs, &next);
		more = clean(g, str_from(line, next.body));
		if (next.stamp.len || next.program.len || !more.len ||
		    text.len + more.len > JOINED_MOST)
			break;
		end += 1 + line.len;
		text = arena_printf(g->arena, "%.*s %.*s", STR_ARG(text), STR_ARG(more));
		h->text = text;
		if (match(g, daemon_dialects[h->dialect]->name, h) &&
		    !(h->match.row->flags & ROW_GENERIC)) {
			h->end = end;
			h->claim = CLAIM_READ;
			return true;
		}
	}
	h->text = alone;
	return false;
}

void hear_closer(struct hearing *g, struct heard *h)
{
	struct heard alone = *h;

	if (daemon_dialects[h->dialect]->heads && !hear_wrapped(g, h))
		*h = alone;
}

/* The next word would have gone beyond the width of a mail or terminal. */
static bool is_full(struct str line, struct str more)
{
	size_t word = 0;

	while (word < more.len && more.at[word] != ' ')
		word++;
	return line.len >= NARROW / 2 && line.len <= NARROW * 2 && line.len + 1 + word > NARROW;
}

void hear_rest(struct hearing *g, struct heard *h)
{
	struct str text = h->text, last;
	size_t at = h->end, end = h->end;

	while (at > h->start && g->content.at[at - 1] != '\n')
		at--;
	for (int i = 0; i < SENTENCE_LINES; i++) {
		struct heard probe = {0};
		struct prefix next;
		struct str line;

		last = str_trim(str_range(g->content.at + at, g->content.at + end));
		if (end + 1 >= g->content.len || g->content.at[end] != '\n')
			break;
		at = end + 1;
		line = str_range(g->content.at + at, g->content.at + split_line_end(&g->split, at));
		prefix_read(line, g->year, g->programs, &next);
		if (next.body >= 2 && str_starts(str_from(line, next.body - 2), "- "))
			next.body -= 2; /* no mark of a list: ` - radius timeout` */
		probe.text = clean(g, str_from(line, next.body));
		if (next.stamp.len || next.program.len || !probe.text.len ||
		    text.len + probe.text.len > JOINED_MOST || !is_full(last, probe.text) ||
		    begins_as(probe.text, daemon_dialects[h->dialect]) || match(g, NULL, &probe))
			break;
		end = at + line.len;
		text = arena_printf(g->arena, "%.*s %.*s", STR_ARG(text), STR_ARG(probe.text));
	}
	if (end == h->end)
		return;
	last = h->text;
	h->text = text;
	if (match(g, daemon_dialects[h->dialect]->name, h))
		h->end = end;
	else
		h->text = last;
}

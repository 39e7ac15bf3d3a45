#include "grammar_parts.h"

enum {
	STEPS_MOST = 400000, /* of one match: what goes on longer is no record */
	OCTET_LETTERS = 3,   /* of an address */
	HEX_PREFIXES = 2,    /* `0x`, also doubled (an IOS habit) */
	INTERFACE_LETTERS = 25,
	INTERFACE_DIGITS = 9,
	INTERFACE_PARTS = 3,
	HIDDEN_MOST = 48, /* characters of what stands in place of an address */
};

/* ---- classes of characters ---- */

static const struct {
	enum letter_class class;
	const char *letters;
	bool is_not; /* all but those */
} classes[] = {
	{LETTER_BLANK, " \t\n\v", false},
	{LETTER_DIGIT, "0123456789", false},
	{LETTER_HEX, "0123456789ABCDEFabcdef", false},
	{LETTER_MASKED, "0123456789xX", false},
	{LETTER_IPV6, "0123456789ABCDEFabcdef:", false},
	{LETTER_ALPHA, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", false},
	{LETTER_DASH, "-", false},
	{LETTER_ENUM, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/-", false},
	{LETTER_WORD, " \t\n\v\f\r,;:()[]\"'=", true},
	{LETTER_NAME, " \t\n\v\f\r,\"'()<>#[]=", true},
	{LETTER_ANY_NAME, " \t\n\v\f\r\"'", true},
	{LETTER_LINE, "\n\v", true},
	{LETTER_OPEN, "\n\v,[", true},
	{LETTER_SEPARATOR, "=/('\"[%", false},
};

void strict_open(struct grammar *g)
{
	for (int c = 0; c < 256; c++)
		g->lower[c] = char_lower((char)c);
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		for (int c = 0; c < 256; c++) {
			bool is_in = c && strchr(classes[i].letters, c);

			if (is_in != classes[i].is_not)
				g->class_of[c] |= (uint16_t)classes[i].class;
		}
	}
}

/* ---- steps ---- */

static void split_alternatives(struct grammar *g, struct str all, struct step *s)
{
	struct str one;
	size_t n = 0;

	for (size_t at = 0; alternative_next(all, &at, &one);)
		n++;
	s->words = arena_array(g->arena, n, sizeof(*s->words));
	if (!s->words)
		return;
	for (size_t at = 0; alternative_next(all, &at, &one);)
		s->words[s->n_words++] = one;
}

static void prepare_run(struct step *s, enum letter_class class, unsigned most)
{
	s->kind = STEP_RUN;
	s->class = (uint16_t) class;
	s->least = 1;
	s->most = most;
}

static void prepare_name(const struct pattern *p, size_t i, struct step *s)
{
	const struct pattern_node *next = i + 1 < p->n ? &p->nodes[i + 1] : NULL;
	char quote = next && next->kind == NODE_LITERAL ? next->text.at[0] : 0;

	prepare_run(s, p->nodes[i].is_word ? LETTER_ANY_NAME : LETTER_NAME, 255);
	if (quote != '"' && quote != '\'')
		return;
	s->class = (uint16_t)LETTER_LINE;
	s->quote = quote;
	s->least = 0;
	s->has_boundary = false;
}

/* What grammar_compile.c writes for the capture, as a step. */
static void prepare_capture(struct grammar *g, const struct pattern *p, size_t i, struct step *s)
{
	const struct pattern_node *node = &p->nodes[i];
	enum field_type type = node_type(node);
	bool is_named = type == TYPE_ENUM || type == TYPE_STATE;
	struct str words = is_named ? field_alternatives(node) : node->text;

	split_alternatives(g, words, s);
	if (node->is_open) {
		prepare_run(s, type == TYPE_WORD ? LETTER_WORD : LETTER_OPEN,
			    type == TYPE_WORD ? 80 : 200);
		s->kind = STEP_OPEN;
		return;
	}
	switch (type) {
	case TYPE_DECIMAL:
		prepare_run(s, LETTER_DIGIT, 20);
		s->has_boundary = capture_has_boundary(p, i);
		return;
	case TYPE_HEX:
	case TYPE_OCTETS:
		prepare_run(s, LETTER_HEX, type == TYPE_HEX ? 63 : 8191);
		s->kind = STEP_HEX;
		s->has_boundary = capture_has_boundary(p, i);
		return;
	case TYPE_ADDRESS:
		s->kind = STEP_ADDRESS;
		return;
	case TYPE_INTERFACE:
		s->kind = STEP_INTERFACE;
		return;
	case TYPE_STATE:
		s->kind = STEP_STATE;
		return;
	case TYPE_ENUM:
		prepare_run(s, LETTER_ENUM, 40);
		s->has_boundary = capture_has_boundary(p, i);
		break;
	case TYPE_REST:
		prepare_run(s, LETTER_LINE, is_last_capture(p, i) ? 2048 : 512);
		s->is_lazy = !is_last_capture(p, i);
		s->has_boundary = words.len && capture_has_boundary(p, i);
		break;
	case TYPE_NAME:
		prepare_name(p, i, s);
		if (s->quote)
			return;
		break;
	case TYPE_WORD:
	case TYPE_NONE:
		prepare_run(s, LETTER_WORD, 80);
		break;
	}
	if (words.len)
		s->kind = STEP_WORDS;
}

/* What an option begins with, for leaving it early: a letter of the row, or a class. */
static void begin_option(struct step *option, const struct step *first)
{
	if (first->kind == STEP_LITERAL)
		option->follower = char_lower(first->literal.at[0]);
	else if (first->kind == STEP_INTERFACE)
		option->class = LETTER_ALPHA;
	else if (first->kind == STEP_RUN && !first->quote)
		option->class = first->class;
}

static void close_option(struct step *steps, size_t end, uint32_t groups)
{
	int depth = 1;
	size_t i = end;

	while (depth > 0) {
		i--;
		depth += steps[i].kind == STEP_OPTION_END;
		depth -= steps[i].kind == STEP_OPTION;
	}
	steps[i].skip = (uint16_t)(end - i + 1);
	steps[i].n_groups = (uint16_t)(groups + 1 - steps[i].group);
	begin_option(&steps[i], &steps[i + 1]);
}

/* The character before which a capture ends, where the row fixes it. */
static char follower(const struct pattern *p, size_t i)
{
	const struct pattern_node *next = i + 1 < p->n ? &p->nodes[i + 1] : NULL;

	return next && next->kind == NODE_LITERAL ? char_lower(next->text.at[0]) : 0;
}

static const struct step *row_steps(struct grammar *g, struct compiled *c)
{
	const struct pattern *p = &c->pattern;
	bool ends_in_rest = false;
	struct step *steps;

	if (c->steps)
		return c->steps;
	steps = arena_array(g->arena, p->n + 1, sizeof(*steps));
	c->captures = arena_array(g->arena, p->n + 1, sizeof(struct pattern_node *));
	if (!c->captures)
		return NULL;
	for (size_t i = 0; steps && i < p->n; i++) {
		const struct pattern_node *node = &p->nodes[i];
		struct step *s = &steps[i];

		switch (node->kind) {
		case NODE_OPTION:
			s->kind = STEP_OPTION;
			s->group = (uint16_t)(c->n_groups + 1);
			break;
		case NODE_OPTION_END:
			s->kind = STEP_OPTION_END;
			close_option(steps, i, c->n_groups);
			break;
		case NODE_LITERAL:
			s->kind = STEP_LITERAL;
			s->literal = node->text;
			ends_in_rest = false;
			break;
		case NODE_CAPTURE:
			s->group = (uint16_t)++c->n_groups;
			c->captures[s->group] = node;
			s->follower = follower(p, i);
			prepare_capture(g, p, i, s);
			ends_in_rest = node_type(node) == TYPE_REST && node->text.len == 0;
			break;
		}
	}
	if (!steps)
		return NULL;
	steps[p->n].kind = STEP_END;
	steps[p->n].has_boundary = !ends_in_rest;
	c->steps = steps;
	return steps;
}

/* ---- one match ---- */

struct walk {
	const uint16_t *class_of;
	const char *lower; /* of each character */
	const char *at;
	size_t len;
	bool must_end;     /* with the text */
	bool takes_hidden; /* what a poster put in place of an address or a name */
	size_t left;       /* of STEPS_MOST */
	size_t end;
	struct groups *groups;
};

static bool is_in(const struct walk *w, size_t at, unsigned class)
{
	return at < w->len && (w->class_of[(uint8_t)w->at[at]] & class);
}

static size_t run_end(const struct walk *w, size_t at, unsigned class, size_t most)
{
	size_t end = w->len - at > most ? at + most : w->len;

	while (at < end && (w->class_of[(uint8_t)w->at[at]] & class))
		at++;
	return at;
}

static bool walk_from(struct walk *w, const struct step *s, size_t at);

/* The capture is [from, to), if what follows it agrees. */
static bool take(struct walk *w, const struct step *s, size_t from, size_t to, struct str word)
{
	struct groups *g = w->groups;

	if (s->has_boundary && is_in(w, to, LETTER_DIGIT | LETTER_ALPHA))
		return false;
	if (s->follower &&
	    (to == w->len ||
	     (s->follower == ' ' ? !is_blank(w->at[to]) : char_lower(w->at[to]) != s->follower)))
		return false;
	g->ends[2 * s->group] = from;
	g->ends[2 * s->group + 1] = to;
	g->words[s->group] = word;
	return walk_from(w, s + 1, to);
}

static const struct str no_word = {NULL, 0};

/* A run that ends at `end` at most. */
static bool take_run(struct walk *w, const struct step *s, size_t from, size_t start, size_t end)
{
	for (size_t to = end + 1; to-- > start + s->least;)
		if (take(w, s, from, to, no_word))
			return true;
	return false;
}

static bool take_lazy(struct walk *w, const struct step *s, size_t from)
{
	size_t end = run_end(w, from, s->class, s->most);

	for (size_t to = from + s->least; to <= end; to++)
		if (take(w, s, from, to, no_word))
			return true;
	return false;
}

static bool take_quoted(struct walk *w, const struct step *s, size_t from)
{
	size_t end = run_end(w, from, s->class, s->most);
	const char *quote = memchr(w->at + from, s->quote, end - from);

	return take_run(w, s, from, from, quote ? (size_t)(quote - w->at) : end);
}

static bool take_hex(struct walk *w, const struct step *s, size_t from)
{
	size_t start = from;

	for (int i = 0; i < HEX_PREFIXES && w->len - start > 2 && w->at[start] == '0' &&
			char_lower(w->at[start + 1]) == 'x';
	     i++)
		start += 2;
	for (;; start -= 2) {
		size_t end = run_end(w, start, LETTER_HEX, s->most);

		if (end > start && take_run(w, s, from, start, end))
			return true;
		if (start == from)
			return false;
	}
}

/* Where `word` ends that stands at `at`; 0 when it does not. */
static size_t word_end(const struct walk *w, size_t at, struct str word)
{
	for (size_t i = 0; i < word.len; i++) {
		size_t blanks = 0;

		if (word.at[i] != ' ') {
			if (at == w->len ||
			    w->lower[(uint8_t)w->at[at++]] != w->lower[(uint8_t)word.at[i]])
				return 0;
			continue;
		}
		while (at < w->len && is_blank(w->at[at])) {
			blanks++;
			at++;
		}
		for (; i + 1 < word.len && word.at[i + 1] == ' '; i++)
			blanks -= blanks > 0;
		if (blanks == 0)
			return 0;
	}
	return at;
}

/* One of the words, before what is none of `not_before` nor `bar`. */
static bool take_word(struct walk *w, const struct step *s, size_t from, unsigned not_before,
		      char bar)
{
	char first = from < w->len ? char_lower(w->at[from]) : 0;

	for (size_t i = 0; i < s->n_words; i++) {
		size_t end;

		if (char_lower(s->words[i].at[0]) != first)
			continue;
		end = word_end(w, from, s->words[i]);
		if (end && !is_in(w, end, not_before) &&
		    !(bar && end < w->len && w->at[end] == bar) &&
		    take(w, s, from, end, s->words[i]))
			return true;
	}
	return false;
}

/* A known state; else one word of letters and single dashes. */
static bool take_state(struct walk *w, const struct step *s, size_t from)
{
	unsigned more = LETTER_ALPHA | LETTER_DIGIT | LETTER_DASH;
	size_t end;

	if (take_word(w, s, from, more, 0))
		return true;
	end = run_end(w, from, LETTER_ALPHA, SIZE_MAX);
	if (end == from)
		return false;
	while (is_in(w, end, LETTER_DASH) && is_in(w, end + 1, LETTER_ALPHA))
		end = run_end(w, end + 1, LETTER_ALPHA, SIZE_MAX);
	return !is_in(w, end, more) && take(w, s, from, end, no_word);
}

static bool take_ipv6(struct walk *w, const struct step *s, size_t from)
{
	size_t end = run_end(w, from, LETTER_IPV6, 39), colons = 0;

	for (size_t i = from; i < w->len && is_in(w, i, LETTER_IPV6); i++)
		colons += w->at[i] == ':';
	if (colons < 2)
		return false;
	for (size_t to = end; to >= from + 2; to--)
		if (!is_in(w, to, LETTER_ALPHA | LETTER_DIGIT) && take(w, s, from, to, no_word))
			return true;
	return false;
}

/* `[server ip]`, `<my vpn>`, `{SERVER}`: people hide addresses and names before they paste. */
static bool take_bracketed(struct walk *w, const struct step *s, size_t from)
{
	static const char open[] = "[<{", close[] = "]>}";
	const char *which = from < w->len ? memchr(open, w->at[from], sizeof(open) - 1) : NULL;
	size_t most = w->len - from < HIDDEN_MOST ? w->len : from + HIDDEN_MOST;

	for (size_t at = from + 1; which && at < most && is_in(w, at, LETTER_LINE); at++)
		if (w->at[at] == close[which - open])
			return at > from + 1 && take(w, s, from, at + 1, no_word);
	return false;
}

/* `x.x.x.x`, `***`, `SERVER_IP`, `ip3`: nobody's prose. */
static bool is_placeholder(struct str word)
{
	bool has_mark = false, has_small = false;

	for (size_t i = 0; i < word.len; i++) {
		char c = word.at[i];

		has_mark |=
			char_is_digit(c) || c == '_' || c == '*' || (c == '.' && i + 1 < word.len);
		has_small |= char_is_lower(c) && c != 'x';
	}
	return word.len > 1 && (has_mark || !has_small);
}

static bool take_hidden(struct walk *w, const struct step *s, size_t from, unsigned class)
{
	return w->takes_hidden &&
	       (take_bracketed(w, s, from) ||
		take_run(w, s, from, from, run_end(w, from, class, HIDDEN_MOST)));
}

static bool take_address(struct walk *w, const struct step *s, size_t from)
{
	size_t at = from, parts = 0;

	for (; parts < 4; parts++) {
		size_t end = run_end(w, at, LETTER_MASKED, OCTET_LETTERS);

		if (end == at || (parts < 3 && (end == w->len || w->at[end] != '.')))
			break;
		at = end + (parts < 3);
	}
	if (parts == 4 && !is_in(w, at, LETTER_ALPHA | LETTER_DIGIT) &&
	    take(w, s, from, at, no_word))
		return true;
	if (take_ipv6(w, s, from))
		return true;
	at = run_end(w, from, LETTER_WORD, HIDDEN_MOST);
	return w->takes_hidden && (take_bracketed(w, s, from) ||
				   (is_placeholder(str_range(w->at + from, w->at + at)) &&
				    take_run(w, s, from, from, at)));
}

/* Letters, perhaps behind `uid:`, and digits with up to three parts: `Se0:0`, `uid:5`. */
static bool take_interface(struct walk *w, const struct step *s, size_t from)
{
	size_t ends[INTERFACE_PARTS + 1], n = 0, at = from, letters;
	struct str here = {w->at + from, w->len - from};

	if (str_starts(here, "Tnl"))
		return false;
	if (str_starts(here, "uid:"))
		at += 4;
	letters = run_end(w, at, LETTER_ALPHA | LETTER_DASH, INTERFACE_LETTERS);
	if (letters == at ? at == from : letters - at < 2 || w->at[at] == '-')
		return false;
	at = run_end(w, letters, LETTER_DIGIT, INTERFACE_DIGITS);
	if (at == letters)
		return false;
	ends[n++] = at;
	while (n <= INTERFACE_PARTS && at < w->len &&
	       (w->at[at] == '/' || w->at[at] == ':' || w->at[at] == '.') &&
	       is_in(w, at + 1, LETTER_DIGIT)) {
		at = run_end(w, at + 1, LETTER_DIGIT, INTERFACE_DIGITS);
		ends[n++] = at;
	}
	while (n-- > 0)
		if (!is_in(w, ends[n], LETTER_ALPHA | LETTER_DIGIT) &&
		    take(w, s, from, ends[n], no_word))
			return true;
	return false;
}

/* What stands at a literal. A run of blanks in the text is one of the row; the last one may leave
 * some to what follows. */
static bool take_literal(struct walk *w, const struct step *s, size_t at)
{
	size_t n = s->literal.len, least;

	while (n > 0 && s->literal.at[n - 1] == ' ')
		n--;
	if (n) {
		at = word_end(w, at, (struct str){s->literal.at, n});
		if (!at)
			return false;
	}
	least = at + (s->literal.len - n);
	if (least == at)
		return walk_from(w, s + 1, at);
	for (size_t end = run_end(w, at, LETTER_BLANK, SIZE_MAX); end >= least; end--)
		if (walk_from(w, s + 1, end))
			return true;
	return false;
}

static bool take_step(struct walk *w, const struct step *s, size_t at)
{
	switch (s->kind) {
	case STEP_RUN:
		if (s->quote)
			return take_quoted(w, s, at);
		if (s->is_lazy)
			return take_lazy(w, s, at);
		if ((s->class & (LETTER_WORD | LETTER_NAME | LETTER_ANY_NAME)) &&
		    take_hidden(w, s, at, s->class))
			return true;
		return take_run(w, s, at, at, run_end(w, at, s->class, s->most));
	case STEP_HEX:
		return take_hex(w, s, at);
	case STEP_WORDS:
		return take_word(w, s, at, 0, 0);
	case STEP_OPEN:
		return take_word(w, s, at, LETTER_ALPHA | LETTER_DIGIT, '|') ||
		       take_run(w, s, at, at, run_end(w, at, s->class, s->most));
	case STEP_STATE:
		return take_state(w, s, at);
	case STEP_ADDRESS:
		return take_address(w, s, at);
	case STEP_INTERFACE:
		return take_interface(w, s, at);
	default:
		return take_literal(w, s, at);
	}
}

/* The captures of an option that is not there. */
static void leave_out(struct groups *g, const struct step *option)
{
	for (size_t i = option->group; i < option->group + option->n_groups; i++)
		g->ends[2 * i] = g->ends[2 * i + 1] = PCRE2_UNSET;
}

/* Whether what an option begins with may stand here. */
static bool may_follow(const struct walk *w, const struct step *option, size_t at)
{
	if (!option->class && !option->follower)
		return true;
	if (at == w->len)
		return false;
	return option->class ? is_in(w, at, option->class)
			     : w->lower[(uint8_t)w->at[at]] == option->follower ||
				       (option->follower == ' ' && is_blank(w->at[at]));
}

static bool walk_from(struct walk *w, const struct step *s, size_t at)
{
	for (;;) {
		if (w->left-- == 0) {
			w->left = 0;
			return false;
		}
		switch (s->kind) {
		case STEP_OPTION:
			if (may_follow(w, s, at) && walk_from(w, s + 1, at))
				return true;
			leave_out(w->groups, s);
			s += s->skip;
			break;
		case STEP_OPTION_END:
			s++;
			break;
		case STEP_END:
			w->end = at;
			return (!w->must_end || at == w->len) &&
			       (!s->has_boundary || at == w->len || is_blank(w->at[at]));
		default:
			return take_step(w, s, at);
		}
	}
}

bool strict_match(struct grammar *g, struct compiled *c, struct str text, enum extent extent,
		  struct groups *ret)
{
	const struct step *steps = row_steps(g, c);
	struct walk w = {.class_of = g->class_of,
			 .lower = g->lower,
			 .at = text.at,
			 .len = text.len,
			 .must_end = extent != EXTENT_PREFIX,
			 .takes_hidden = extent == EXTENT_HIDDEN,
			 .left = STEPS_MOST,
			 .groups = ret};

	if (!steps)
		return false;
	ret->of = NULL;
	ret->n = c->n_groups + 1;
	if (!walk_from(&w, steps, 0))
		return false;
	ret->ends[0] = 0;
	ret->ends[1] = w.end;
	return true;
}

#include <stdlib.h>

#include "character.h"
#include "filter_tree.h"
#include "limits.h"
#include "message_field.h"

struct parser {
	struct filter *filter;
	struct str text;
	size_t at;
	size_t nodes;
	unsigned depth;
	struct text *why_not;
	bool has_failed;
};

/* The first complaint is the one that counts. */
static void *fail(struct parser *p, size_t at, const char *what)
{
	if (p->has_failed)
		return NULL;
	p->has_failed = true;
	text_printf(p->why_not, "--where: %s\n  ", what);
	text_escape(p->why_not, p->text);
	text_puts(p->why_not, "\n  ");
	for (size_t i = 0; i < at; i++)
		text_putc(p->why_not, ' ');
	text_putc(p->why_not, '^');
	return NULL;
}

static void skip_blanks(struct parser *p)
{
	while (p->at < p->text.len && (p->text.at[p->at] == ' ' || p->text.at[p->at] == '\t'))
		p->at++;
}

static bool is_word_byte(char c)
{
	return char_is_letter(c) || char_is_digit(c) || c == '_' || c == '.' || c == '-' ||
	       c == ':' || c == '/' || c == '@' || c == '+' || c == '*' || (unsigned char)c >= 0x80;
}

static struct str peek_word(struct parser *p)
{
	size_t end;

	skip_blanks(p);
	end = p->at;
	while (end < p->text.len && is_word_byte(p->text.at[end]))
		end++;
	return (struct str){p->text.at + p->at, end - p->at};
}

/* Takes `symbol` when it stands next; a symbol of letters only as a whole word. */
static bool take(struct parser *p, const char *symbol)
{
	struct str word = peek_word(p);
	struct str rest = str_from(p->text, p->at);

	if (char_is_lower(symbol[0]) ? !str_is(word, symbol) : !str_starts(rest, symbol))
		return false;
	p->at += strlen(symbol);
	return true;
}

static struct node *make(struct parser *p, enum node_kind kind)
{
	struct node *n;

	if (++p->nodes > FILTER_NODES)
		return fail(p, p->at, "the expression is too long");
	n = arena_alloc(p->filter->arena, sizeof(*n));
	if (n == NULL)
		return fail(p, p->at, "the expression is too long");
	n->kind = kind;
	n->next_made = p->filter->made;
	p->filter->made = n;
	return n;
}

static bool take_quoted(struct parser *p, struct str *ret)
{
	struct text t = text_make(4096);
	size_t start = p->at++;

	while (p->at < p->text.len && p->text.at[p->at] != '"') {
		if (p->text.at[p->at] == '\\' && p->at + 1 < p->text.len &&
		    (p->text.at[p->at + 1] == '"' || p->text.at[p->at + 1] == '\\'))
			p->at++;
		text_putc(&t, p->text.at[p->at++]);
	}
	*ret = arena_str(p->filter->arena, text_str(&t));
	text_free(&t);
	if (p->at == p->text.len) {
		fail(p, start, "this string has no end");
		return false;
	}
	p->at++;
	return true;
}

/* The upper end of `1..5`; blanks may stand around the dots. */
static bool take_range(struct parser *p, struct literal *l)
{
	size_t dots = str_find(l->text, STR(".."));
	size_t at = p->at;

	if (dots == SIZE_MAX && !str_starts(peek_word(p), ".."))
		return true;
	if (dots == SIZE_MAX) {
		take(p, "..");
		l->high_text = STR("");
	} else {
		l->high_text = str_from(l->text, dots + 2);
		l->text.len = dots;
	}
	if (l->high_text.len == 0) {
		l->high_text = peek_word(p);
		p->at += l->high_text.len;
	}
	l->is_range = literal_number(l->text, &l->number) && literal_number(l->high_text, &l->high);
	if (!l->is_range)
		fail(p, at, "a range is NUMBER..NUMBER");
	return l->is_range;
}

static struct literal *parse_literal(struct parser *p)
{
	struct literal *l = arena_alloc(p->filter->arena, sizeof(*l));

	skip_blanks(p);
	if (l == NULL)
		return fail(p, p->at, "the expression is too long");
	if (p->at < p->text.len && p->text.at[p->at] == '"')
		return take_quoted(p, &l->text) ? l : NULL;
	if (p->at < p->text.len && p->text.at[p->at] == '\'')
		return fail(p, p->at, "text stands in double quotes: \"…\"");
	l->text = peek_word(p);
	if (l->text.len == 0)
		return fail(p, p->at, "a value is missing here");
	p->at += l->text.len;
	l->is_number = literal_number(l->text, &l->number);
	return take_range(p, l) ? l : NULL;
}

static struct literal *parse_set(struct parser *p)
{
	struct literal *first = NULL;
	struct literal **tail = &first;

	if (!take(p, "{"))
		return fail(p, p->at, "`in` needs a set: {1, 2, 5..9}");
	while (!take(p, "}")) {
		*tail = parse_literal(p);
		if (*tail == NULL)
			return NULL;
		tail = &(*tail)->next;
		take(p, ",");
		skip_blanks(p);
		if (p->at == p->text.len)
			return fail(p, p->at, "the set has no end: `}`");
	}
	return first;
}

static enum operator take_operator(struct parser *p)
{
	static const struct {
		const char *symbol;
		enum operator op;
	} symbols[] = {
		{"==", OP_EQ},
		{"!=", OP_NE},
		{"<=", OP_LE},
		{">=", OP_GE},
		{"<", OP_LT},
		{">", OP_GT},
		{"eq", OP_EQ},
		{"ne", OP_NE},
		{"lt", OP_LT},
		{"le", OP_LE},
		{"gt", OP_GT},
		{"ge", OP_GE},
		{"~", OP_MATCHES},
		{"contains", OP_CONTAINS},
		{"matches", OP_MATCHES},
		{"in", OP_IN},
	};
	size_t before = p->at;

	if (take(p, "not")) {
		if (take(p, "in"))
			return OP_NOT_IN;
		p->at = before;
	}

	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		if (take(p, symbols[i].symbol))
			return symbols[i].op;
	}
	return OP_EXISTS;
}

static bool has_limits(struct filter *f)
{
	if (f->limits != NULL)
		return true;
	f->limits = pcre2_match_context_create(NULL);
	if (f->limits == NULL)
		return false;
	pcre2_set_match_limit(f->limits, LIMIT_PATTERN);
	pcre2_set_depth_limit(f->limits, LIMIT_PATTERN);
	return true;
}

static bool compile(struct parser *p, struct node *n, size_t at)
{
	struct str pattern = n->literals->text;
	int error;
	PCRE2_SIZE offset;

	n->regex = pcre2_compile((PCRE2_SPTR)pattern.at, pattern.len,
				 PCRE2_CASELESS | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &error,
				 &offset, NULL);
	n->filter = p->filter;
	if (n->regex != NULL && has_limits(p->filter))
		n->match = pcre2_match_data_create_from_pattern(n->regex, NULL);
	if (n->match == NULL)
		fail(p, at, "this is no regular expression");
	return n->match != NULL;
}

static void try_sets(struct nearest *n)
{
	struct text name = text_make(256);

	for (size_t i = 0; field_sets[i] != NULL; i++) {
		for (size_t k = 0; k < field_sets[i]->n; k++) {
			text_clear(&name);
			text_printf(&name, "%s.%s", field_sets[i]->name,
				    field_sets[i]->rows[k].key);
			nearest_try(n, text_str(&name));
		}
	}
	text_free(&name);
}

/* `call.severity`: a finding has one. */
static void try_other_sets(struct nearest *n)
{
	size_t dot = str_find(n->word, STR("."));
	struct str key = dot == SIZE_MAX ? n->word : str_from(n->word, dot + 1);
	struct text name = text_make(NEAREST_MOST);

	for (size_t i = 0; field_sets[i] != NULL && name.len == 0; i++) {
		for (size_t k = 0; k < field_sets[i]->n && name.len == 0; k++) {
			if (str_is(key, field_sets[i]->rows[k].key))
				text_printf(&name, "%s.%s", field_sets[i]->name,
					    field_sets[i]->rows[k].key);
		}
	}
	if (name.len > 0 && !name.is_cut)
		memcpy(n->best, name.at, name.len + 1);
	text_free(&name);
}

static struct nearest field_nearest(struct str name)
{
	struct nearest n = nearest_start(name, 2);

	try_sets(&n);
	message_field_near(&n);
	if (n.best[0] == '\0')
		try_other_sets(&n);
	return n;
}

static bool find_field(struct parser *p, struct node *n, struct str name, size_t at)
{
	const struct field_set *set = NULL;
	struct text why = text_make(512);
	struct nearest near;

	n->field = field_named(name, &set);
	if (n->field != NULL) {
		n->set = set;
		p->filter->asks_model = true;
		p->filter->asks_tunnel |= set == &field_tunnels;
		p->filter->asks_finding |= set == &field_findings;
		return true;
	}
	if (set == NULL && message_field_known(name)) {
		n->message_field = name;
		p->filter->asks_message = true;
		return true;
	}
	text_puts(&why, "no field `");
	text_escape(&why, name);
	near = field_nearest(name);
	if (near.best[0] != '\0')
		text_printf(&why, "`; is `%s` meant?", near.best);
	else
		text_puts(&why, "`; `l2tpscope explain field` lists them");
	fail(p, at, why.at);
	text_free(&why);
	return false;
}

/* What the field never is would silently fit nothing. */
static bool check_values(struct parser *p, const struct node *n, size_t at)
{
	struct text why = text_make(512);

	for (struct literal *l = n->literals; l != NULL && !p->has_failed; l = l->next) {
		if (!literal_read(n, l, p->filter->arena, &why))
			fail(p, at, why.at);
	}
	text_free(&why);
	return !p->has_failed;
}

static struct node *parse_test(struct parser *p)
{
	struct str name = peek_word(p);
	size_t at = p->at;
	struct node *n;

	if (name.len == 0)
		return fail(p, p->at, "a field is missing here");
	n = make(p, NODE_TEST);
	if (n == NULL || !find_field(p, n, name, at))
		return NULL;
	p->at += name.len;
	n->op = take_operator(p);
	if (n->op == OP_EXISTS && take(p, "="))
		return fail(p, p->at - 1, "`=` is no operator; is `==` meant?");
	if (n->op == OP_EXISTS)
		return n;
	skip_blanks(p);
	at = p->at;
	n->literals = n->op == OP_IN || n->op == OP_NOT_IN ? parse_set(p) : parse_literal(p);
	if (p->has_failed || (n->op == OP_MATCHES && !compile(p, n, at)))
		return NULL;
	return check_values(p, n, at) ? n : NULL;
}

static struct node *parse_or(struct parser *p);

static struct node *parse_unary(struct parser *p)
{
	struct node *n;

	if (p->depth >= FILTER_DEPTH)
		return fail(p, p->at, "nested too deep");
	skip_blanks(p);
	if (take(p, "!") || take(p, "not")) {
		n = make(p, NODE_NOT);
		if (n == NULL)
			return NULL;
		p->depth++;
		n->left = parse_unary(p);
		p->depth--;
		return n->left == NULL ? NULL : n;
	}
	if (!take(p, "("))
		return parse_test(p);
	p->depth++;
	n = parse_or(p);
	p->depth--;
	if (n != NULL && !take(p, ")"))
		return fail(p, p->at, "a `)` is missing here");
	return n;
}

static struct node *join(struct parser *p, enum node_kind kind, struct node *left,
			 struct node *right)
{
	struct node *n = right == NULL ? NULL : make(p, kind);

	if (n == NULL)
		return NULL;
	n->left = left;
	n->right = right;
	return n;
}

static struct node *parse_and(struct parser *p)
{
	struct node *left = parse_unary(p);

	while (left != NULL && (take(p, "&&") || take(p, "and")))
		left = join(p, NODE_AND, left, parse_unary(p));
	return left;
}

static struct node *parse_xor(struct parser *p)
{
	struct node *left = parse_and(p);

	while (left != NULL && (take(p, "^^") || take(p, "xor")))
		left = join(p, NODE_XOR, left, parse_and(p));
	return left;
}

static struct node *parse_or(struct parser *p)
{
	struct node *left = parse_xor(p);

	while (left != NULL && (take(p, "||") || take(p, "or")))
		left = join(p, NODE_OR, left, parse_xor(p));
	return left;
}

struct filter *filter_parse(const char *text, struct text *why_not)
{
	struct filter *f = must_alloc(1, sizeof(*f));
	struct parser p = {.filter = f, .text = str_of(text), .why_not = why_not};

	*f = (struct filter){.arena = arena_new((size_t)1 << 20)};
	f->root = parse_or(&p);
	skip_blanks(&p);
	if (!p.has_failed && p.at < p.text.len)
		fail(&p, p.at, "`and`, `or` or the end belongs here");
	if (p.has_failed) {
		filter_free(f);
		return NULL;
	}
	return f;
}

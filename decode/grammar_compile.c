#include "grammar_compile.h"

enum { PATTERN_NODES = 96 };

/* What stands for a blank: also a wrap. */
#define BLANKS "[ \\t\\n\\x0b]"
#define WRAP   "[\\n\\x0b]?"

static const enum field_type types[LOG_FIELDS] = {
	TYPE_NONE,
#define FIELD(symbol, name, type) TYPE_##type,
#include "character.h"
#include "log_field.def"
#undef FIELD
};

const struct str interface_names = {
	"Virtual-Access|Virtual-Template|Virtual-PPP|Serial|Dialer|Ethernet|FastEthernet|"
	"GigabitEthernet|TenGigabitEthernet|Loopback|Tunnel|Async|BRI|Multilink|ATM|POS|"
	"Se|Vi|Vt|Di|BR|As|Gi|Fa|Et|Te|Lo|Tu|Mu|ppp|uid:",
	sizeof("Virtual-Access|Virtual-Template|Virtual-PPP|Serial|Dialer|Ethernet|FastEthernet|"
	       "GigabitEthernet|TenGigabitEthernet|Loopback|Tunnel|Async|BRI|Multilink|ATM|POS|"
	       "Se|Vi|Vt|Di|BR|As|Gi|Fa|Et|Te|Lo|Tu|Mu|ppp|uid:") -
		1};

static const struct str state_names = {
	"idle|wait-ctl-reply|wait-ctl-conn|established|no-sessions-left|shutting-down|"
	"wait-for-tunnel|wait-tunnel|wait-reply|wait-connect|wait-cs-answer|Initial|Starting|"
	"Closed|Stopped|Closing|Stopping|REQsent|ACKrcvd|ACKsent|TERMsent|Opened|Open|Listen|"
	"Not negotiated",
	sizeof("idle|wait-ctl-reply|wait-ctl-conn|established|no-sessions-left|shutting-down|"
	       "wait-for-tunnel|wait-tunnel|wait-reply|wait-connect|wait-cs-answer|Initial|"
	       "Starting|Closed|Stopped|Closing|Stopping|REQsent|ACKrcvd|ACKsent|TERMsent|Opened|"
	       "Open|Listen|Not negotiated") -
		1};

static const struct str message_names = {
	"ZLB ctrl "
	"ack|ZLB|SCCRQ|SCCRP|SCCCN|StopCCN|HELLO|OCRQ|OCRP|OCCN|ICRQ|ICRP|ICCN|CDN|WEN|SLI",
	sizeof("ZLB ctrl ack|ZLB|SCCRQ|SCCRP|SCCCN|StopCCN|HELLO|OCRQ|OCRP|OCCN|ICRQ|ICRP|ICCN|"
	       "CDN|WEN|SLI") -
		1};

enum field_type field_type(enum log_field f)
{
	return f < LOG_FIELDS ? types[f] : TYPE_NONE;
}

static enum field_type type_of(const struct pattern_node *node)
{
	if (node->is_number)
		return TYPE_DECIMAL;
	if (node->is_hex)
		return TYPE_HEX;
	return node->is_word ? TYPE_NAME : field_type(node->field);
}

static enum log_field field_of_name(struct str name)
{
	for (unsigned f = 1; f < LOG_FIELDS; f++) {
		if (str_is(name, log_field_name((enum log_field)f)))
			return (enum log_field)f;
	}
	return FIELD_NONE;
}

bool alternative_next(struct str alternatives, size_t *at, struct str *ret)
{
	if (*at >= alternatives.len)
		return false;

	struct str rest = str_from(alternatives, *at);
	size_t bar = str_find(rest, STR("|"));

	*ret = (struct str){rest.at, bar == SIZE_MAX ? rest.len : bar};
	*at += ret->len + 1;
	return true;
}

struct str field_alternatives(const struct pattern_node *node)
{
	if (node->text.len == 0 && node->field == FIELD_MESSAGE)
		return message_names;
	if (node->text.len == 0 && node_type(node) == TYPE_STATE)
		return state_names;
	return node->text;
}

/* `{field}` or `{field:a|b}`: `inside` without the braces. */
static bool parse_capture(struct str inside, struct pattern_node *ret)
{
	size_t colon = str_find(inside, STR(":"));
	struct str name = {inside.at, colon == SIZE_MAX ? inside.len : colon};

	ret->kind = NODE_CAPTURE;
	ret->field = field_of_name(name);
	ret->text = colon == SIZE_MAX ? (struct str){NULL, 0} : str_from(inside, colon + 1);
	if (str_is(ret->text, "*")) {
		ret->text = (struct str){NULL, 0};
		ret->is_word = true;
	} else if (str_is(ret->text, "#")) {
		ret->text = (struct str){NULL, 0};
		ret->is_number = true;
	} else if (str_is(ret->text, "0x")) {
		ret->text = (struct str){NULL, 0};
		ret->is_hex = true;
	} else if (str_ends(ret->text, "|*")) {
		ret->text.len -= 2;
		ret->is_open = true;
	}
	ret->type = type_of(ret);
	return ret->field != FIELD_NONE;
}

bool pattern_parse(const char *pattern, struct arena *arena, struct pattern *ret)
{
	struct pattern_node nodes[PATTERN_NODES];
	size_t n = 0;
	int depth = 0;
	const char *p = pattern;

	while (*p) {
		if (n == PATTERN_NODES)
			return false;

		struct pattern_node *node = &nodes[n++];

		*node = (struct pattern_node){.kind = NODE_LITERAL};
		if (p[0] == '{' && p[1] == '?') {
			node->kind = NODE_OPTION;
			depth++;
			p += 2;
		} else if (p[0] == '{' && p[1] != '{') {
			const char *end = strchr(p, '}');

			if (!end || !parse_capture(str_range(p + 1, end), node))
				return false;
			p = end + 1;
		} else if (p[0] == '}' && (depth > 0 || p[1] != '}')) {
			node->kind = NODE_OPTION_END;
			if (--depth < 0)
				return false;
			p++;
		} else {
			if (p[0] == '{' || p[0] == '}')
				p++;
			node->text.at = p++;
			while (*p && *p != '{' && *p != '}')
				p++;
			node->text.len = (size_t)(p - node->text.at);
		}
	}
	if (depth != 0)
		return false;
	ret->nodes = arena_array(arena, n ? n : 1, sizeof(*nodes));
	if (!ret->nodes)
		return false;
	memcpy(ret->nodes, nodes, n * sizeof(*nodes));
	ret->n = n;
	return true;
}

const char *confusion_class(char c)
{
	switch (c) {
	case 'l':
	case '1':
	case 'I':
	case '|':
		return "l1I|";
	case 'O':
	case '0':
	case 'o':
		return "O0o";
	case 'Q':
	case 'P':
		return "QP";
	default:
		return NULL;
	}
}

/* The other case of a letter: rows are read without regard to case. */
static char other_case(char c)
{
	if (char_is_lower(c))
		return (char)(c - 'a' + 'A');
	return char_lower(c);
}

static const char *class_of_letter(char c)
{
	const char *class = confusion_class(c);

	return class ? class : confusion_class(other_case(c));
}

bool is_confusable(char a, char b)
{
	const char *class = class_of_letter(b);

	return a == b || a == other_case(b) || (class && a && strchr(class, a) != NULL);
}

static bool is_alnum(char c)
{
	return char_is_digit(c) || char_is_letter(c);
}

static bool is_tolerant(enum pattern_form form)
{
	return form == FORM_TOLERANT || form == FORM_TOLERANT_JOINED;
}

static bool is_joined(enum pattern_form form)
{
	return form == FORM_JOINED || form == FORM_TOLERANT_JOINED;
}

/* Where the writer stands: a wrap may be found before any character but after a blank. */
struct writer {
	struct text *to;
	enum pattern_form form;
	bool may_wrap;
};

static void write_wrap(struct writer *w)
{
	if (w->may_wrap && w->form != FORM_STRICT)
		text_puts(w->to, is_tolerant(w->form) ? BLANKS "?" : WRAP);
	w->may_wrap = true;
}

static void write_character(struct writer *w, char c)
{
	if (c == ' ') {
		text_puts(w->to, is_tolerant(w->form) ? BLANKS "*" : BLANKS "+");
		w->may_wrap = false;
		return;
	}
	write_wrap(w);

	const char *class = is_tolerant(w->form) ? class_of_letter(c) : NULL;

	if (class)
		text_printf(w->to, "[%s%c]", class, c);
	else if (is_alnum(c))
		text_putc(w->to, c);
	else
		text_printf(w->to, "\\x%02x", (unsigned)(unsigned char)c);
}

static void write_literal(struct writer *w, struct str s)
{
	text_puts(w->to, "(?i:");
	for (size_t i = 0; i < s.len; i++)
		write_character(w, s.at[i]);
	text_putc(w->to, ')');
}

static void write_alternatives(struct writer *w, struct str alternatives)
{
	bool may_wrap = w->may_wrap;
	struct str one;

	text_puts(w->to, "(?:");
	for (size_t at = 0; alternative_next(alternatives, &at, &one);) {
		if (one.at != alternatives.at)
			text_putc(w->to, '|');
		w->may_wrap = may_wrap;
		write_literal(w, one);
	}
	text_putc(w->to, ')');
	w->may_wrap = true;
}

/* A run of `class`; how far over line ends is up to the form. */
static void write_run(struct writer *w, const char *class, unsigned most)
{
	write_wrap(w);
	if (w->form == FORM_STRICT)
		text_printf(w->to, "%s{1,%u}", class, most);
	else
		text_printf(w->to, "%s+(?:[\\n\\x0b]%s+)*%s", class, class,
			    is_joined(w->form) ? "" : "?");
}

static const char *digits(enum pattern_form form)
{
	return is_tolerant(form) ? "[0-9OolI|]" : "[0-9]";
}

static const char *hex_digits(enum pattern_form form)
{
	return is_tolerant(form) ? "[0-9A-Fa-fOolI|]" : "[0-9A-Fa-f]";
}

/* Masked octets (`x`, `xxx`) are addresses too: people hide them before they paste. */
static void write_address(struct writer *w)
{
	const char *octet = is_tolerant(w->form) ? "[0-9xXOolI|]" : "[0-9xX]";

	write_wrap(w);
	text_puts(w->to, "(?:");
	w->may_wrap = false;
	for (int i = 0; i < 4; i++) {
		if (i)
			write_character(w, '.');
		write_wrap(w);
		text_printf(w->to, w->form == FORM_STRICT ? "%s{1,3}" : "%s(?:" WRAP "%s){0,2}",
			    octet, octet);
	}
	text_puts(w->to, "|(?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:]{2,39})(?![0-9A-Za-z])");
	w->may_wrap = true;
}

static void write_interface(struct writer *w)
{
	write_wrap(w);
	text_puts(w->to, "(?:");
	w->may_wrap = false;
	if (is_tolerant(w->form)) {
		write_alternatives(w, interface_names);
	} else {
		text_puts(w->to, w->form == FORM_STRICT ? "(?!Tnl)" : "(?!T" WRAP "n" WRAP "l)");
		text_puts(w->to, "(?:uid:(?=[0-9])|(?:uid:)?[A-Za-z]");
		w->may_wrap = true;
		text_puts(w->to, w->form == FORM_STRICT ? "[A-Za-z-]{1,24}"
							: "(?:" WRAP "[A-Za-z-]){1,24}");
		text_putc(w->to, ')');
	}
	write_run(w, digits(w->form), 9);
	text_puts(w->to, "(?:");
	write_wrap(w);
	text_puts(w->to, "[/:.]");
	write_run(w, digits(w->form), 9);
	text_puts(w->to, "){0,3})(?![0-9A-Za-z])");
}

static void write_hex(struct writer *w, unsigned more)
{
	const char *zero = is_tolerant(w->form) ? "[0Oo]" : "0";

	write_wrap(w);
	text_printf(w->to, "(?:%s%s[xX]%s){0,2}", zero, w->form == FORM_STRICT ? "" : WRAP,
		    w->form == FORM_STRICT ? "" : WRAP);
	w->may_wrap = false;
	write_run(w, hex_digits(w->form), more);
}

/* A known state, also over line ends; else one word. */
static void write_state(struct writer *w, const struct pattern_node *node)
{
	bool may_wrap = w->may_wrap;

	text_puts(w->to, "(?:");
	write_alternatives(w, field_alternatives(node));
	text_puts(w->to, "(?![A-Za-z0-9-])|");
	w->may_wrap = may_wrap;
	write_wrap(w);
	if (w->form == FORM_STRICT) {
		text_puts(w->to, "[A-Za-z]+(?:-[A-Za-z]+)*(?![A-Za-z0-9-]))");
	} else {
		w->may_wrap = false;
		write_run(w, is_tolerant(w->form) ? "[A-Za-z0-9|-]" : "[A-Za-z-]", 41);
		text_puts(w->to, "(?<!-)(?![A-Za-z0-9-]))");
	}
	w->may_wrap = true;
}

/* One of the words that are known; else whatever stands there in its line. */
static void write_open(struct writer *w, const struct pattern_node *node)
{
	bool may_wrap = w->may_wrap;

	text_puts(w->to, "(?:");
	write_alternatives(w, node->text);
	text_puts(w->to, "(?![0-9A-Za-z|])|");
	w->may_wrap = may_wrap;
	write_wrap(w);
	text_puts(w->to, node_type(node) == TYPE_WORD ? "[^\\s,;:()\\[\\]\"'=]{1,80}"
						      : "[^\\n\\x0b,\\[]{1,200}");
	text_putc(w->to, ')');
	w->may_wrap = true;
}

static void write_enum(struct writer *w, const struct pattern_node *node)
{
	struct str alternatives = field_alternatives(node);
	bool may_wrap = w->may_wrap;

	if (alternatives.len == 0) {
		write_run(w, "[A-Za-z0-9_/-]", 40);
		return;
	}
	text_puts(w->to, "(?:");
	write_alternatives(w, alternatives);
	if (node->field == FIELD_MESSAGE && is_tolerant(w->form)) {
		/* A message name that is none is still where the message name stands. */
		text_puts(w->to, "(?![0-9A-Za-z|])|");
		w->may_wrap = may_wrap;
		write_run(w, "[A-Za-z0-9|-]", 14);
	}
	text_putc(w->to, ')');
}

bool capture_has_boundary(const struct pattern *p, size_t i)
{
	if (i + 1 >= p->n || p->nodes[i + 1].kind == NODE_OPTION ||
	    p->nodes[i + 1].kind == NODE_OPTION_END)
		return true;
	return p->nodes[i + 1].kind == NODE_LITERAL && !is_alnum(p->nodes[i + 1].text.at[0]);
}

static bool is_quoted(const struct pattern *p, size_t i, char *quote)
{
	if (i + 1 >= p->n || p->nodes[i + 1].kind != NODE_LITERAL)
		return false;
	*quote = p->nodes[i + 1].text.at[0];
	return *quote == '"' || *quote == '\'';
}

bool is_last_capture(const struct pattern *p, size_t i)
{
	while (++i < p->n) {
		if (p->nodes[i].kind != NODE_OPTION_END)
			return false;
	}
	return true;
}

/* What a line ends with; the last of a row takes all that is left. */
static void write_rest(struct writer *w, const struct pattern *p, size_t i)
{
	write_wrap(w);
	if (is_last_capture(p, i))
		text_puts(w->to, "[^\\n\\x0b]{1,2048}");
	else
		text_puts(w->to,
			  w->form == FORM_STRICT ? "[^\\n\\x0b]{1,512}?" : "[^\\x0b]{1,512}?");
}

static void write_name(struct writer *w, const struct pattern *p, size_t i)
{
	const struct pattern_node *node = &p->nodes[i];
	char quote;

	if (is_quoted(p, i, &quote)) {
		write_wrap(w);
		text_printf(w->to, w->form == FORM_STRICT ? "[^%c\\n\\x0b]{0,255}" : "[^%c]{0,255}",
			    quote);
	} else if (node->text.len) {
		write_alternatives(w, node->text);
	} else {
		write_run(w, node->is_word ? "[^\\s\"']" : "[^\\s,\"'()<>#\\[\\]=]", 255);
	}
}

static void write_capture(struct writer *w, const struct pattern *p, size_t i)
{
	const struct pattern_node *node = &p->nodes[i];
	bool has_boundary = true;

	if (node->is_open) {
		write_open(w, node);
		return;
	}
	switch (node_type(node)) {
	case TYPE_DECIMAL:
		write_run(w, digits(w->form), 20);
		break;
	case TYPE_HEX:
		write_hex(w, 63);
		break;
	case TYPE_OCTETS:
		write_hex(w, 8191);
		break;
	case TYPE_ADDRESS:
		write_address(w);
		return;
	case TYPE_INTERFACE:
		write_interface(w);
		return;
	case TYPE_ENUM:
		write_enum(w, node);
		break;
	case TYPE_STATE:
		write_state(w, node);
		return;
	case TYPE_REST:
		if (!node->text.len) {
			write_rest(w, p, i);
			return;
		}
		write_alternatives(w, node->text);
		break;
	case TYPE_NAME:
		has_boundary = false;
		write_name(w, p, i);
		break;
	case TYPE_WORD:
	case TYPE_NONE:
		has_boundary = false;
		if (node->text.len)
			write_alternatives(w, node->text);
		else
			write_run(w, "[^\\s,;:()\\[\\]\"'=]", 80);
		break;
	}
	if (has_boundary && capture_has_boundary(p, i))
		text_puts(w->to, "(?![0-9A-Za-z])");
}

void pattern_regex(const struct pattern *p, enum pattern_form form, struct text *ret)
{
	struct writer w = {.to = ret, .form = form};
	bool ends_in_rest = false;

	for (size_t i = 0; i < p->n; i++) {
		const struct pattern_node *node = &p->nodes[i];

		switch (node->kind) {
		case NODE_OPTION:
			text_puts(ret, "(?:");
			break;
		case NODE_OPTION_END:
			text_puts(ret, ")?");
			break;
		case NODE_LITERAL:
			text_puts(ret, form == FORM_STRICT ? "(?:" : "(");
			write_literal(&w, node->text);
			text_putc(ret, ')');
			ends_in_rest = false;
			break;
		case NODE_CAPTURE:
			text_putc(ret, '(');
			write_capture(&w, p, i);
			text_putc(ret, ')');
			ends_in_rest = node_type(node) == TYPE_REST && node->text.len == 0;
			break;
		}
	}
	if (!ends_in_rest)
		text_puts(ret, "(?=" BLANKS "|\\z)");
}

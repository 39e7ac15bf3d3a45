#include "character.h"
#include "grammar_parts.h"

enum { WORD_ROOM = 256 };

struct building {
	struct grammar *g;
	struct str text;
	struct grammar_match *ret;
	struct defect_list *defects;
	struct arena *arena;
};

static void add_damage(struct building *b, size_t offset, struct str was, struct str should_be,
		       const char *proof)
{
	struct defect *d = defect_add(b->defects, DEFECT_INPUT_DAMAGED, offset);

	if (!d)
		return;
	d->was = arena_str(b->arena, was);
	d->should_be = arena_str(b->arena, should_be);
	d->proof = str_of(proof);
}

/* Compares what stands at a literal with the literal, word by word, and notes the words that
 * differ. */
static void check_literal(struct building *b, struct str literal, struct str is, size_t offset)
{
	size_t i = 0, k = 0;

	while (k < literal.len || i < is.len) {
		size_t word = k, at = i;
		bool is_damaged = false;

		while (k < literal.len && literal.at[k] != ' ') {
			while (i < is.len && is_blank(is.at[i])) {
				is_damaged = is_damaged || !is_wrap(is.at[i]);
				i++;
			}
			if (i >= is.len)
				break;
			is_damaged =
				is_damaged || char_lower(is.at[i]) != char_lower(literal.at[k]);
			i++;
			k++;
		}
		if (is_damaged)
			add_damage(b, offset + at, (struct str){is.at + at, i - at},
				   (struct str){literal.at + word, k - word},
				   "the only form of a record that fits here");
		if (k >= literal.len)
			break;
		k++;

		size_t blanks = i;

		while (i < is.len && is_blank(is.at[i]))
			i++;
		if (i == blanks && word < k - 1 && k < literal.len)
			add_damage(b, offset + at, (struct str){is.at + at, is.len - at}, literal,
				   "a blank is missing");
		if (k >= literal.len)
			break;
	}
}

/* Puts confused letters back; true when something changed. */
static bool fix_digits(char *at, size_t len)
{
	bool is_changed = false;

	for (size_t i = 0; i < len; i++) {
		char c = digit_of(at[i]);

		is_changed = is_changed || c != at[i];
		at[i] = c;
	}
	return is_changed;
}

/* How many letters of `s` must be put right to make it `word`; SIZE_MAX when it is another word.
 * Blanks count for nothing: a wrap may have made or eaten one. */
static size_t word_distance(struct str s, struct str word)
{
	size_t different = 0, i = 0, k = 0;

	for (;;) {
		while (i < s.len && s.at[i] == ' ')
			i++;
		while (k < word.len && word.at[k] == ' ')
			k++;
		if (i == s.len || k == word.len)
			return i == s.len && k == word.len ? different : SIZE_MAX;
		if (char_lower(s.at[i]) != char_lower(word.at[k])) {
			if (!is_confusable(s.at[i], word.at[k]))
				return SIZE_MAX;
			different++;
		}
		i++;
		k++;
	}
}

/* The one word of `alternatives` that `s` is, but for confused letters: the nearest, if no
 * other is as near. Empty when none or several are. */
static struct str nearest_word(struct str s, struct str alternatives, bool *is_exact)
{
	struct str one, best = {NULL, 0};
	size_t least = SIZE_MAX;

	for (size_t at = 0; alternative_next(alternatives, &at, &one);) {
		size_t distance = word_distance(s, one);

		if (distance == 0) {
			*is_exact = true;
			return one;
		}
		if (distance > least || distance == SIZE_MAX)
			continue;
		best = distance == least ? (struct str){NULL, 0} : one;
		least = distance;
	}
	*is_exact = false;
	return best;
}

/* The capture as it stood, without its wraps, into the scratch text; returns where. */
static size_t add_unwrapped(struct building *b, const struct pattern_node *node, struct str is)
{
	size_t start = b->g->scratch.len;

	for (size_t i = 0; i < is.len; i++) {
		if (!is_wrap(is.at[i]))
			text_putc(&b->g->scratch, is.at[i]);
		else if (node_type(node) == TYPE_REST)
			text_putc(&b->g->scratch, ' ');
	}
	return start;
}

static void fix_number(struct building *b, size_t start, size_t offset, struct str was)
{
	struct text *t = &b->g->scratch;
	size_t skip = 0;

	/* In `0x` only the zero is a digit. */
	while (start + skip + 1 < t->len && char_lower(t->at[start + skip + 1]) == 'x')
		skip += 2;
	bool is_changed = false;

	for (size_t i = 0; i < skip; i += 2)
		is_changed = fix_digits(t->at + start + i, 1) || is_changed;
	is_changed = fix_digits(t->at + start + skip, t->len - start - skip) || is_changed;
	if (is_changed)
		add_damage(b, offset, was, (struct str){t->at + start, t->len - start},
			   "a number stands here");
}

static void fix_interface(struct building *b, size_t start, size_t offset, struct str was)
{
	struct text *t = &b->g->scratch;
	struct str is = {t->at + start, t->len - start};
	struct str one, best = {NULL, 0};

	for (size_t at = 0; alternative_next(interface_names, &at, &one);) {
		size_t i = 0;

		if (one.len >= is.len || one.len <= best.len)
			continue;
		while (i < one.len &&
		       is_confusable(char_lower(is.at[i]) == char_lower(one.at[i]) ? one.at[i]
										   : is.at[i],
				     one.at[i]))
			i++;
		if (i == one.len)
			best = one;
	}
	if (best.len == 0)
		return;

	bool is_changed = !str_equal_nocase((struct str){is.at, best.len}, best);

	if (is_changed)
		memcpy(t->at + start, best.at, best.len);
	is_changed = fix_digits(t->at + start + best.len, is.len - best.len) || is_changed;
	if (is_changed)
		add_damage(b, offset, was, (struct str){t->at + start, t->len - start},
			   "an interface name stands here");
}

/* `word` in the letters' case of what stood there: the device printed `UP`, not `up`. */
static void add_cased(struct text *t, struct str word, struct str is)
{
	bool is_upper = false;

	for (size_t i = 0; i < word.len; i++) {
		char w = word.at[i];
		bool is_kept = word.len == is.len && char_lower(is.at[i]) == char_lower(w);

		if (is_kept && char_lower(w) >= 'a' && char_lower(w) <= 'z')
			is_upper = is.at[i] != char_lower(w);
		else if (is_upper && char_is_lower(w))
			w = (char)(w - 'a' + 'A');
		text_putc(t, is_kept ? is.at[i] : w);
	}
}

/* The word of the row that stands there; empty: it is none of them. */
static struct str fix_word(struct building *b, const struct pattern_node *node, size_t start,
			   size_t offset, struct str was)
{
	struct text *t = &b->g->scratch;
	struct str is = {t->at + start, t->len - start};
	char before[WORD_ROOM];
	bool is_exact;
	struct str word = nearest_word(is, field_alternatives(node), &is_exact);

	if (word.len == 0 || is.len > sizeof(before))
		return (struct str){NULL, 0};
	memcpy(before, is.at, is.len);
	is.at = before;
	t->len = start;
	add_cased(t, word, is);
	if (!is_exact)
		add_damage(b, offset, was, (struct str){t->at + start, t->len - start},
			   "the only word that can stand here");
	return word;
}

/* Puts what OCR confused right; the word of the row, when one stands there. */
static struct str normalise(struct building *b, const struct pattern_node *node, size_t start,
			    size_t offset, struct str was)
{
	switch (node_type(node)) {
	case TYPE_DECIMAL:
	case TYPE_HEX:
	case TYPE_OCTETS:
	case TYPE_ADDRESS:
		fix_number(b, start, offset, was);
		break;
	case TYPE_INTERFACE:
		fix_interface(b, start, offset, was);
		break;
	default:
		if (field_alternatives(node).len)
			return fix_word(b, node, start, offset, was);
		break;
	}
	return (struct str){NULL, 0};
}

/* `0x`, also doubled (an IOS habit), is no part of the number. */
static struct str without_0x(struct str s)
{
	while (s.len > 2 && s.at[0] == '0' && (s.at[1] == 'x' || s.at[1] == 'X'))
		s = str_from(s, 2);
	return s;
}

static uint64_t number_of_hex(struct str s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.len && i < 16; i++) {
		char c = char_lower(s.at[i]);

		n = n << 4 | (uint64_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
	}
	return n;
}

void repair_value_of(struct said_value *v, enum log_field field, enum field_type type,
		     struct str text)
{
	*v = (struct said_value){.field = (uint16_t)field, .text = text};
	switch (type) {
	case TYPE_DECIMAL:
		str_u64(text, &v->number);
		return;
	case TYPE_HEX:
		v->number = number_of_hex(without_0x(text));
		return;
	case TYPE_OCTETS:
		v->text = without_0x(text);
		return;
	default:
		return;
	}
}

static void add_value(struct grammar_match *ret, const struct pattern_node *node, struct str text)
{
	ret->fields |= UINT64_C(1) << node->field;
	repair_value_of(&ret->values[ret->n_values++], node->field, node_type(node), text);
}

static struct str group_of(const struct building *b, size_t group, size_t *offset)
{
	const size_t *ends = b->g->found.ends;

	*offset = ends[2 * group];
	if (group >= b->g->found.n || ends[2 * group] == PCRE2_UNSET)
		return (struct str){NULL, 0};
	return (struct str){b->text.at + ends[2 * group], ends[2 * group + 1] - ends[2 * group]};
}

/* The word of the row that a strict match means: where others may stand there, too, it may be
 * hurt. Puts it right in `copy`. */
static struct str known_word(struct building *b, const struct pattern_node *node, char *copy,
			     struct str is, struct str word, size_t offset)
{
	struct str names;
	bool is_exact = false;

	if (word.len)
		return word;
	names = field_alternatives(node);
	if (!names.len)
		return is;
	word = nearest_word(is, names, &is_exact);
	if (is_exact || word.len == 0)
		return word.len ? word : is;

	text_clear(&b->g->scratch);
	add_cased(&b->g->scratch, word, is);
	add_damage(b, offset, is, text_str(&b->g->scratch), "the only word that can stand here");
	if (is.len == word.len)
		memcpy(copy, b->g->scratch.at, word.len);
	return word;
}

static void blank_out(char *at, size_t len, char c)
{
	for (char *hit = memchr(at, c, len); hit; hit = memchr(hit, c, len - (size_t)(hit - at)))
		*hit = ' ';
}

/* A strict match stands as it is: wraps become blanks. */
static void build_strict(struct building *b, const struct compiled *c)
{
	const struct groups *found = &b->g->found;
	struct grammar_match *ret = b->ret;
	char *copy = arena_alloc(b->arena, ret->length + 1);

	if (!copy)
		return;
	memcpy(copy, b->text.at, ret->length);
	blank_out(copy, ret->length, '\n');
	blank_out(copy, ret->length, '\v');
	blank_out(copy, ret->length, '\t');
	ret->text = (struct str){copy, ret->length};
	for (uint32_t group = 1; group <= c->n_groups && ret->n_values < LIMIT_RECORD_VALUES;
	     group++) {
		size_t from = found->ends[2 * group], to = found->ends[2 * group + 1];

		if (from != PCRE2_UNSET)
			add_value(ret, c->captures[group],
				  known_word(b, c->captures[group], copy + from,
					     str_trim(str_range(copy + from, copy + to)),
					     found->words[group], from));
	}
}

/* The other forms are rendered anew: literals as the row has them, values normalised. */
static void build_repaired(struct building *b, const struct compiled *c)
{
	struct grammar_match *ret = b->ret;
	size_t group = 1, n = 0;
	size_t start[LIMIT_RECORD_VALUES], end[LIMIT_RECORD_VALUES];
	const struct pattern_node *captures[LIMIT_RECORD_VALUES];
	struct str words[LIMIT_RECORD_VALUES];
	struct text *t = &b->g->scratch;

	text_clear(t);
	for (size_t i = 0; i < c->pattern.n; i++) {
		const struct pattern_node *node = &c->pattern.nodes[i];
		size_t offset;

		if (node->kind != NODE_CAPTURE && node->kind != NODE_LITERAL)
			continue;

		struct str is = group_of(b, group++, &offset);

		if (!is.at)
			continue;
		if (node->kind == NODE_LITERAL) {
			text_add(t, node->text);
			check_literal(b, node->text, is, offset);
			continue;
		}
		if (n == LIMIT_RECORD_VALUES)
			continue;
		start[n] = add_unwrapped(b, node, is);
		words[n] = normalise(b, node, start[n], offset, is);
		end[n] = t->len;
		captures[n++] = node;
	}
	ret->text = arena_str(b->arena, text_str(t));
	for (size_t i = 0; i < n; i++) {
		struct str value = {NULL, 0};

		if (end[i] <= ret->text.len)
			value = str_range(ret->text.at + start[i], ret->text.at + end[i]);
		if (words[i].len)
			value = words[i];
		add_value(ret, captures[i], str_trim(value));
	}
}

void repair_build(struct grammar *g, const struct compiled *c, enum pattern_form form,
		  struct str text, struct arena *arena, struct grammar_match *ret,
		  struct defect_list *defects)
{
	struct building b = {g, text, ret, defects, arena};

	ret->values = arena_array(arena, c->n_captures, sizeof(*ret->values));
	if (!ret->values)
		return;
	if (form == FORM_STRICT)
		build_strict(&b, c);
	else
		build_repaired(&b, c);
}

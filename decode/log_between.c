#include "character.h"
#include "ios_rows.h"
#include "log_reader.h"

enum { COMMAND_WORDS = 16 };

static void add_value(struct log_reader *r, struct log_record *ret, enum log_field field,
		      struct str text)
{
	if (text.len)
		record_add(ret, r->arena, field, text);
}

/* The rest of a command: up to the end of its line, or to a record that follows in it. */
static size_t command_length(struct log_reader *r, struct str text)
{
	size_t i = 0;
	struct grammar_match m;
	struct defect_list none = {.arena = r->arena};

	for (int words = 0; i < text.len && words < COMMAND_WORDS; words++) {
		if (flow_is_wrap(text.at[i]))
			return i;
		if (words > 0 && grammar_may_begin(r->grammar, str_from(text, i + 1)) &&
		    grammar_match(r->grammar, str_from(text, i + 1), r->arena, &m, &none))
			return i;
		if (prompt_length(str_from(text, i + 1), false) && words > 0)
			return i;
		i++;
		while (i < text.len && !flow_is_blank(text.at[i]))
			i++;
	}
	return i;
}

static bool read_prompt(struct log_reader *r, size_t end, struct log_record *ret)
{
	struct str text = log_flow(r, r->at, end);
	bool is_line_start = r->at == 0 || flow_is_wrap(r->flow.at[r->at - 1]);
	size_t n = prompt_length(text, is_line_start);

	if (n == 0)
		return false;

	struct str name = prompt_name(text);
	struct str rest = str_from(text, n);
	size_t command = rest.len && flow_is_blank(rest.at[0]) ? 0 : command_length(r, rest);

	if (!str_equal(r->prompt, name))
		r->prompt = arena_str(r->names, name);
	r->gap = GAP_PROMPT;
	log_record_begin(r, r->at, ret);
	ret->row = &ios_prompt_row;
	ret->kind = ios_prompt_row.kind;
	add_value(r, ret, FIELD_HOST, r->prompt);
	add_value(r, ret, FIELD_TEXT, arena_str(r->arena, (struct str){rest.at, command}));
	ret->text = arena_str(r->arena, (struct str){text.at, n + command});
	r->at += n + command;
	log_record_end(r, ret);
	r->gap = GAP_PROMPT;
	return true;
}

static bool is_config(const struct log_reader *r, struct str text, size_t length)
{
	if (r->is_config_line)
		return true;

	struct str rest = str_from(text, length);
	bool is_line_start = r->at == 0 || flow_is_wrap(r->flow.at[r->at - 1]);

	return is_line_start &&
	       (rest.len == 0 || flow_is_wrap(rest.at[0]) || str_starts(rest, " !"));
}

/* Whether a match between stamped records is meant: these rows need a reason to be there. */
static bool is_wanted(const struct log_reader *r, const struct grammar_match *m, struct str text)
{
	switch (m->row->topic) {
	case SAID_CONFIG:
		return is_config(r, text, m->length);
	case SAID_TABLE:
		return r->table != TABLE_NONE;
	default:
		return !(m->row->flags & ROW_GENERIC) || text.at[0] == '%';
	}
}

static void note_config(struct log_reader *r, struct log_record *ret)
{
	if (ret->row->topic != SAID_CONFIG)
		return;
	r->is_config_line = true;
	if (str_is(record_text(ret, FIELD_ATTRIBUTE), "hostname"))
		r->config_host = arena_str(r->names, record_text(ret, FIELD_VALUE));
	add_value(r, ret, FIELD_HOST, r->config_host);
}

/* A record without a stamp. */
static bool read_bare(struct log_reader *r, size_t end, struct log_record *ret)
{
	struct str text = log_flow(r, r->at, end);
	struct defect_list defects = {.arena = r->arena};
	struct grammar_match m;
	bool is_config_word = prose_is_config(text) &&
			      !(r->at >= 5 && memcmp(r->flow.at + r->at - 5, "chap ", 5) == 0);

	if (!is_config_word && !grammar_may_begin(r->grammar, text) &&
	    !(r->table != TABLE_NONE && char_is_digit(text.at[0])))
		return false;
	if (!log_record_match(r, text, &m, &defects) || !is_wanted(r, &m, text))
		return false;

	size_t body = r->at;

	log_record_begin(r, body, ret);
	r->at = body + m.length;
	log_record_take(&m, ret);
	log_record_damage(r, body, &defects, ret);
	log_record_tail(r, &m, end, ret);
	log_record_cut(r, body, end, ret);
	r->table = table_after(m.row, r->table);
	note_config(r, ret);
	log_record_end(r, ret);
	return true;
}

/* At the beginning of a line, an id and a facility that no row knows. */
static bool read_unread(struct log_reader *r, size_t end, struct log_record *ret)
{
	struct str text = log_flow(r, r->at, end);

	if ((r->at > 0 && !flow_is_wrap(r->flow.at[r->at - 1])) ||
	    !grammar_may_begin(r->grammar, text) || !prose_is_head(text))
		return false;

	size_t n = 0;

	while (n < text.len && n < UNREAD_TEXT && !flow_is_wrap(text.at[n]))
		n++;
	log_record_begin(r, r->at, ret);
	ret->text = arena_str(r->arena, (struct str){text.at, n});
	r->at += n;
	log_record_end(r, ret);
	return true;
}

static void note_gap(struct log_reader *r, enum gap gap)
{
	if (gap > r->gap)
		r->gap = gap;
}

static void skip_blank(struct log_reader *r)
{
	char c = r->flow.at[r->at++];

	if (!flow_is_wrap(c))
		return;
	note_gap(r, c == '\v' ? GAP_FENCE : GAP_BLANK);
	r->is_config_line = false;
	r->is_prose_line = false;
}

static void skip_word(struct log_reader *r, size_t end)
{
	if (r->flow.at[r->at] == '!')
		r->is_config_line = true;
	else
		r->table = TABLE_NONE;
	r->stats.prose_lines += !r->is_prose_line;
	r->is_prose_line = true;
	note_gap(r, GAP_PROSE);
	while (r->at < end && !flow_is_blank(r->flow.at[r->at]))
		r->at++;
}

/* Looks for a record in the text up to `end`; false when none is left in it. */
bool log_read_between(struct log_reader *r, size_t end, struct log_record *ret)
{
	while (r->at < end) {
		if (flow_is_blank(r->flow.at[r->at])) {
			skip_blank(r);
			continue;
		}
		if (read_prompt(r, end, ret) || read_bare(r, end, ret) || read_unread(r, end, ret))
			return true;
		skip_word(r, end);
	}
	return false;
}

#include "arena_room.h"
#include "character.h"
#include "ios_words.h"
#include "log_dump.h"
#include "log_reader.h"
#include <stdlib.h>

enum {
	LOG_ARENA_NAMES = 1 << 20,
	LOOK_BEHIND = 256, /* of the flow, kept for what stands before a stamp */
	LOOK_AHEAD = 4096, /* of the flow, behind a colon that may be one of a stamp */
	FORGET = 65536,    /* characters of the flow that are behind are forgotten together */
	BLOCK_TEXT = 4096, /* a cloned configuration */
	REST_TEXT = 200,   /* free text behind a wrap */
	WRAP_COLUMN = 50,  /* a shorter line was not wrapped in its free text */
	CUT_ROW = 16, /* of a dump that goes on behind the bound: what is no whole word of it */
};

static void place_move(struct place *p, struct str content, uint64_t offset)
{
	while (p->offset < offset) {
		const char *from = content.at + p->offset;
		const char *end = memchr(from, '\n', (size_t)(offset - p->offset));

		if (!end) {
			p->offset = offset;
			return;
		}
		p->offset = (uint64_t)(end - content.at) + 1;
		p->line++;
		p->line_start = p->offset;
	}
}

static uint32_t place_column(const struct place *p)
{
	uint64_t column = p->offset - p->line_start + 1;

	return column > UINT32_MAX ? UINT32_MAX : (uint32_t)column;
}

struct log_reader *log_open(struct str content, uint16_t input, int year, struct arena *arena)
{
	struct log_reader *r = must_alloc(1, sizeof(*r));

	*r = (struct log_reader){.content = content,
				 .arena = arena,
				 .input = input,
				 .year = year,
				 .place = {0, 1, 0}};
	flow_open(&r->flow, content);
	r->grammar = grammar_new(&dialect_ios);
	r->names = arena_new(LOG_ARENA_NAMES);
	r->stats.bytes = content.len;
	return r;
}

/* The flow shows the octets [start, end) only. */
static void flow_begin(struct log_reader *r, size_t start, size_t end)
{
	flow_section(&r->flow, r->content, start, end);
	r->at = r->scan = 0;
	r->has_head = r->is_line_flow = false;
}

void log_section(struct log_reader *r, struct str whole, size_t start, size_t end, uint64_t line)
{
	r->content = (struct str){whole.at, end};
	flow_begin(r, start, end);
	r->is_by_lines = false;
	r->unlined = 0;
	r->place = (struct place){start, line, start};
	r->gap = GAP_PROSE;
	r->table = TABLE_NONE;
	r->is_config_line = r->is_prose_line = false;
}

void log_extend(struct log_reader *r, size_t end)
{
	r->content.len = end;
	if (!r->is_line_flow)
		flow_extend(&r->flow, end);
}

size_t log_left(struct log_reader *r)
{
	size_t at = r->is_by_lines        ? r->line
		    : r->at < r->flow.len ? (size_t)flow_offset(&r->flow, r->at)
					  : r->flow.raw;

	return r->content.len - at;
}

void log_use(struct log_reader *r, struct arena *arena)
{
	r->arena = arena;
}

void log_close(struct log_reader *r)
{
	if (!r)
		return;
	flow_close(&r->flow);
	grammar_free(r->grammar);
	arena_free(r->names);
	free(r);
}

const struct log_stats *log_stats(const struct log_reader *r)
{
	return &r->stats;
}

/* --- heads --- */

/* A stamp without a date is one only before a record. */
static bool is_head(const struct log_reader *r, const struct stamp *s)
{
	if (!s->is_weak)
		return true;

	struct str body = log_flow(r, s->end, r->flow.len);

	return grammar_may_begin(r->grammar, body);
}

/* Nothing that stands before it may be of a stamp that begins at `start`: a line begins there, or
 * (where line ends were lost) a word that no number and no host stand before. */
static bool begins_stamp(const struct log_reader *r, size_t start)
{
	return start == 0 || flow_is_wrap(r->flow.at[start - 1]) ||
	       (start >= r->at + 2 && r->flow.at[start - 1] == ' ' && r->flow.at[start - 2] != ':');
}

/* Whether the first colon of a stamp like the last one stands at `colon`. */
static bool is_like_last(struct log_reader *r, size_t colon)
{
	size_t ahead = (size_t)r->last.clock + 2, start = colon - ahead;

	return r->last.clock && colon >= r->at + ahead && begins_stamp(r, start) &&
	       stamp_like(log_flow(r, 0, r->flow.len), start, &r->last, &r->head);
}

/* The next head in the flow, which takes in as much more as that needs. */
static void find_head(struct log_reader *r)
{
	while (!r->has_head) {
		size_t ahead = flow_is_last(&r->flow) ? 0 : LOOK_AHEAD;
		size_t end = r->flow.len > ahead ? r->flow.len - ahead : 0;
		const char *colon =
			r->scan < end ? memchr(r->flow.at + r->scan, ':', end - r->scan) : NULL;

		if (!colon) {
			if (r->scan < end)
				r->scan = end;
			if (r->flow.len - r->at >= (size_t)3 * LIMIT_RECORD || !flow_more(&r->flow))
				return;
			continue;
		}

		size_t i = (size_t)(colon - r->flow.at);

		r->scan = i + 1;
		if (!is_like_last(r, i)) {
			if (!stamp_at(log_flow(r, 0, r->flow.len), r->at, i, r->year, &r->head) ||
			    !is_head(r, &r->head))
				continue;
			r->last = r->head;
		}
		r->has_head = true;
		r->scan = r->head.end;
	}
}

static void forget(struct log_reader *r)
{
	size_t done = r->at - LOOK_BEHIND;

	if (r->at < FORGET)
		return;
	flow_forget(&r->flow, done);
	r->at -= done;
	r->scan -= done;
	if (r->has_head) {
		r->head.start -= done;
		r->head.end -= done;
		if (r->head.host.len)
			r->head.host.at -= done;
	}
}

/* The end of what can belong to a record that begins at `from`: the next head, or a bound. */
static size_t next_end(struct log_reader *r, size_t from)
{
	size_t bound;

	find_head(r);
	bound = r->flow.len - from < LIMIT_RECORD ? r->flow.len : from + LIMIT_RECORD;
	return r->has_head && r->head.start < bound ? r->head.start : bound;
}

/* --- records --- */

static void begin_record_at(struct log_reader *r, uint64_t offset, struct log_record *ret)
{
	*ret = (struct log_record){.gap = r->gap};
	if (r->gap == GAP_PROMPT)
		ret->prompt = r->prompt;
	r->gap = GAP_NONE;
	r->is_prose_line = false;
	place_move(&r->place, r->content, offset);
	ret->origin.input = r->input;
	ret->origin.offset = r->place.offset;
	ret->origin.line = r->place.line;
	ret->origin.line_end = r->place.line;
	ret->origin.column = place_column(&r->place);
	ret->body = ret->origin.offset;
}

void log_record_begin(struct log_reader *r, size_t start, struct log_record *ret)
{
	begin_record_at(r, flow_offset(&r->flow, start), ret);
}

static void count_record(struct log_reader *r, const struct log_record *ret)
{
	r->stats.records++;
	r->stats.unread += ret->kind == RECORD_UNREAD;
	r->stats.is_limited = r->stats.is_limited || arena_is_full(r->arena);
}

void log_record_end(struct log_reader *r, struct log_record *ret)
{
	struct place end = r->place;
	size_t last = r->at;

	while (last > 0 && flow_is_blank(r->flow.at[last - 1]))
		last--;
	ret->origin.offset_end = last ? flow_offset(&r->flow, last - 1) + 1 : ret->origin.offset;
	place_move(&end, r->content, ret->origin.offset_end);
	ret->origin.line_end = end.line;
	count_record(r, ret);
}

void log_record_damage(struct log_reader *r, size_t body, struct defect_list *defects,
		       struct log_record *ret)
{
	for (size_t i = 0; i < defects->n; i++) {
		struct place p = r->place;
		struct defect *d = &defects->at[i];

		place_move(&p, r->content, flow_offset(&r->flow, body + d->offset));
		d->line = p.line;
		d->column = place_column(&p);
		d->record = r->place.line;
		d->offset = 0;
	}
	ret->defects = defects->at;
	ret->n_defects = defects->n;
}

static bool has_wrap(struct str text)
{
	return memchr(text.at, '\n', text.len) || memchr(text.at, '\v', text.len);
}

/* Whether a record begins at `at` that reaches further than the `length` octets of another. */
static bool reaches_further(struct log_reader *r, struct str text, size_t at, size_t length)
{
	struct defect_list none = {.arena = r->arena};
	struct str rest = str_from(text, at);
	struct grammar_match m;

	return grammar_may_begin(r->grammar, rest) &&
	       grammar_match(r->grammar, rest, r->arena, &m, &none) && !m.is_tolerant &&
	       at + m.length > length;
}

/* Leaves a match for one of the same row in `text`, which is the beginning of what it read. */
static void end_at(struct log_reader *r, struct str text, struct grammar_match *ret,
		   struct defect_list *defects)
{
	struct defect_list shorter = {.arena = r->arena};
	struct grammar_match m;

	if (!grammar_match(r->grammar, text, r->arena, &m, &shorter) || m.row != ret->row)
		return;
	*ret = m;
	*defects = shorter;
}

/* The row that reads `text`. A wrap may be the end of the record, although what follows fits into
 * it: `I SCCRP from l2tp-gw` does not go on in the next line's `Tnl 17688 L2TP: …`. */
bool log_record_match(struct log_reader *r, struct str text, struct grammar_match *ret,
		      struct defect_list *defects)
{
	if (!grammar_match(r->grammar, text, r->arena, ret, defects))
		return false;
	if (!has_wrap((struct str){text.at, ret->length}))
		return true;
	for (size_t i = 0; i < ret->length; i++) {
		if (flow_is_wrap(text.at[i]) && reaches_further(r, text, i + 1, ret->length)) {
			end_at(r, (struct str){text.at, i}, ret, defects);
			break;
		}
	}
	return true;
}

void log_record_take(const struct grammar_match *m, struct log_record *ret)
{
	ret->row = m->row;
	ret->kind = m->row->kind;
	ret->text = m->text;
	ret->values = m->values;
	ret->n_values = m->n_values;
	ret->fields = m->fields;
	ret->places = m->places;
	if (m->shared && m->shared->is_read) {
		ret->words = *m->shared;
		return;
	}
	ret->words = words_read(ret);
	if (m->shared && words_are_fixed(ret))
		*m->shared = ret->words;
}

/* Free text that goes on in one more line, right before the next record. */
static void extend_rest(struct log_reader *r, size_t end, struct log_record *ret)
{
	size_t line = r->at;

	if (!r->has_head || end != r->head.start || r->at >= end || r->flow.at[r->at] != '\n')
		return;
	while (line > 0 && !flow_is_wrap(r->flow.at[line - 1]))
		line--;
	if (r->at - line < WRAP_COLUMN)
		return;

	struct str more = str_trim(log_flow(r, r->at + 1, end));

	if (more.len && flow_is_wrap(more.at[more.len - 1]))
		more.len--;
	if (more.len == 0 || more.len > REST_TEXT || char_is_upper(more.at[0]) ||
	    memchr(more.at, '\n', more.len) || memchr(more.at, '\v', more.len) ||
	    memchr(more.at, '#', more.len) || grammar_may_begin(r->grammar, more))
		return;

	struct said_value *last = &ret->values[ret->n_values - 1];

	last->text = arena_printf(r->arena, "%.*s %.*s", STR_ARG(last->text), STR_ARG(more));
	ret->text = arena_printf(r->arena, "%.*s %.*s", STR_ARG(ret->text), STR_ARG(more));
	r->at = end;
}

/* The lines of a cloned configuration, up to `end`. */
static void skip_block(struct log_reader *r, size_t end)
{
	size_t bound = end - r->at < BLOCK_TEXT ? end : r->at + BLOCK_TEXT;
	size_t word = r->at;

	for (size_t i = r->at; i <= bound; i++) {
		if (i < bound && !flow_is_blank(r->flow.at[i]))
			continue;
		if (i - word == 3 && memcmp(r->flow.at + word, "end", 3) == 0) {
			r->at = i;
			return;
		}
		word = i + 1;
	}
}

void log_record_cut(struct log_reader *r, size_t from, size_t end, struct log_record *ret)
{
	struct defect_list all = {.arena = r->arena};
	struct defect *d;

	if (end - from < LIMIT_RECORD || (r->has_head && r->head.start == end) ||
	    end - r->at > CUT_ROW)
		return;
	defect_add_all(&all, ret->defects, ret->n_defects);
	d = defect_add(&all, DEFECT_LIMIT_RECORD, 0);
	if (!d)
		return;
	d->line = d->record = r->place.line;
	d->text = arena_printf(r->arena, "the first %d characters of it were read", LIMIT_RECORD);
	ret->defects = all.at;
	ret->n_defects = all.n;
}

/* Of its dump, as the record says; 0: it does not. */
static uint64_t stated_octets(const struct log_record *r)
{
	uint64_t octets = 0;

	if (!record_number(r, FIELD_COUNT, &octets))
		record_number(r, FIELD_LENGTH, &octets);
	return octets;
}

void log_record_tail(struct log_reader *r, const struct grammar_match *m, size_t end,
		     struct log_record *ret)
{
	if (m->ends_in_rest)
		extend_rest(r, end, ret);
	if (m->row->flags & ROW_BLOCK)
		skip_block(r, end);
	if (!(m->row->flags & ROW_HEX_FOLLOWS))
		return;

	struct dump_text dump;

	if (!dump_read(log_flow(r, r->at, end), stated_octets(ret), r->arena, &dump))
		return;
	for (size_t i = 0; i < dump.n; i++) {
		struct place p = r->place;

		place_move(&p, r->content, flow_offset(&r->flow, r->at + dump.start[i]));
		dump.rows[i].line = p.line;
		dump.rows[i].column = place_column(&p);
	}
	ret->hex = dump.rows;
	ret->n_hex = dump.n;
	r->at += dump.length;
}

static void add_stamp_damage(struct log_reader *r, const struct stamp *s,
			     struct defect_list *defects)
{
	struct defect *d = defect_add(defects, DEFECT_INPUT_DAMAGED, 0);

	if (!d)
		return;
	d->was = str_trim(arena_str(r->arena, log_flow(r, s->start, s->end)));
	d->should_be = arena_str(r->arena, str_of(s->text));
	d->proof = STR("a time stands here");
	d->line = r->place.line;
	d->record = r->place.line;
	d->column = place_column(&r->place);
}

/* Behind the stamp of the line whose record the flow shows. */
static struct str line_body(const struct log_reader *r)
{
	return str_range(r->content.at + r->lined.body, r->content.at + r->lined.end);
}

/* The record at the head that was found. False when nothing stands behind the stamp. */
static bool read_stamped(struct log_reader *r, struct log_record *ret)
{
	struct stamp s = r->head;
	struct defect_list stamp_damage = {.arena = r->arena}, defects = {.arena = r->arena};
	struct grammar_match m;

	s.host = arena_str(r->arena, s.host);
	r->has_head = false;
	r->at = s.end;

	size_t end = next_end(r, s.end);
	struct str body = log_flow(r, s.end, end);

	while (body.len && flow_is_blank(body.at[body.len - 1]))
		body.len--;
	if (body.len == 0)
		return false;
	log_record_begin(r, s.start, ret);
	ret->when = s.when;
	ret->stamp = arena_str(r->arena, str_of(s.text));
	ret->host = s.host;
	ret->body = flow_offset(&r->flow, s.end);
	if (log_record_match(r, body, &m, &defects)) {
		if (r->is_line_flow && s.start == 0)
			grammar_learn_line(r->grammar, line_body(r));
		r->at = s.end + m.length;
		log_record_take(&m, ret);
		log_record_damage(r, s.end, &defects, ret);
		log_record_tail(r, &m, end, ret);
		log_record_cut(r, s.end, end, ret);
	} else {
		size_t n = 0;

		while (n < body.len && n < UNREAD_TEXT && !flow_is_wrap(body.at[n]))
			n++;
		ret->text = arena_str(r->arena, (struct str){body.at, n});
		r->at = s.end + n;
	}
	if (s.is_damaged) {
		add_stamp_damage(r, &s, &stamp_damage);
		defect_add_all(&stamp_damage, ret->defects, ret->n_defects);
		ret->defects = stamp_damage.at;
		ret->n_defects = stamp_damage.n;
	}
	log_record_end(r, ret);
	return true;
}

static void finish(struct log_reader *r)
{
	place_move(&r->place, r->content, r->content.len);
	r->stats.lines = r->place.line - (r->place.offset == r->place.line_start);
}

/* --- by lines --- */

/* The dump behind the line, to the next one. */
static bool read_line_dump(struct log_reader *r, struct str dump, struct log_record *ret)
{
	struct hex_row *rows;

	if (!dump_lines(dump, stated_octets(ret), r->place.line + 1, r->arena, &rows,
			&ret->n_hex)) {
		ret->n_hex = 0;
		return false;
	}
	ret->hex = rows;
	return true;
}

/* The record of a line like one that was read before, and its dump. */
static bool read_known_line(struct log_reader *r, struct log_record *ret)
{
	const struct log_line *line = &r->lined;
	struct str dump = str_range(r->content.at + line->end + 1, r->content.at + line->next);
	struct grammar_match m;
	enum gap gap = r->gap;
	char *stamp;

	if (!grammar_read_line(r->grammar, line_body(r), str_trim(dump), r->arena, &m) ||
	    (dump.len && m.ends_in_rest))
		return false;
	begin_record_at(r, line->start, ret);
	log_record_take(&m, ret);
	stamp = arena_room(r->arena, r->model.length);
	if (!stamp || (dump.len && !read_line_dump(r, dump, ret))) {
		r->gap = gap;
		return false;
	}
	ret->when = line_moment(&r->model, line);
	ret->stamp = (struct str){stamp, line_stamp(&r->model, r->content, line, stamp)};
	ret->body = line->body;
	ret->origin.offset_end = (dump.len ? line->next : line->end + 1) - 1;
	ret->origin.line_end += ret->n_hex;
	count_record(r, ret);
	r->place = (struct place){line->next, ret->origin.line_end + 1, line->next};
	r->gap = GAP_BLANK;
	r->is_config_line = false;
	return true;
}

/* The record at r->line. False when it is read as a flow instead. */
static bool read_line(struct log_reader *r, struct log_record *ret)
{
	size_t looked = r->line, start = r->line;

	if (log_line_find(&r->model, r->content, start, &r->lined, &looked)) {
		r->line = r->lined.next;
		if (read_known_line(r, ret))
			return true;
		flow_begin(r, start, r->lined.next + r->model.length);
		r->is_line_flow = true;
	} else {
		r->unlined = looked > start ? looked : start + 1;
		flow_begin(r, start, r->content.len);
	}
	r->is_by_lines = false;
	return false;
}

/* Whether the record at the head that was found may be read by its line. */
static bool may_be_lined(struct log_reader *r)
{
	size_t start = (size_t)flow_offset(&r->flow, r->head.start);
	size_t end = (size_t)flow_offset(&r->flow, r->head.end - 1) + 1;

	if (r->is_line_flow ? start != r->lined.next : start < r->unlined)
		return false;
	if (!r->is_line_flow && !line_model_set(&r->model, r->content, start, end, &r->head))
		return false;
	r->line = start;
	r->is_by_lines = true;
	return true;
}

bool log_next(struct log_reader *r, struct log_record *ret)
{
	for (;;) {
		if (r->is_by_lines && read_line(r, ret))
			return true;
		forget(r);

		size_t end = next_end(r, r->at);

		if (r->has_head && r->at == r->head.start) {
			if (may_be_lined(r))
				continue;
			if (read_stamped(r, ret))
				return true;
			continue;
		}
		if (r->at < end) {
			if (log_read_between(r, end, ret))
				return true;
			continue;
		}
		if (flow_is_last(&r->flow) && !r->has_head && r->is_line_flow) {
			flow_begin(r, r->lined.next, r->content.len);
			continue;
		}
		if (flow_is_last(&r->flow) && !r->has_head) {
			finish(r);
			return false;
		}
	}
}

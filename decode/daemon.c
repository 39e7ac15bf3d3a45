#include "daemon.h"

#include <stdlib.h>

#include "character.h"
#include "daemon_split.h"
#include "flow.h"
#include "ios_line.h"
#include "speech.h"

enum {
	JOINED_MOST = 4096, /* of a wrapped record */
	PROGRAMS = 64,
	DIALECTS = 32,
	NAMES_CEILING = 64 << 20,
	STRETCH_OCTETS = 1 << 18, /* of a piece of what is nobody's */
	ALIAS_MOST = 96,          /* octets of a host's name and a program's */
	JOINS = 2,                /* physical lines that a wrapped record goes on over */
};

enum claim { CLAIM_NONE, CLAIM_NEUTRAL, CLAIM_READ, CLAIM_UNREAD };

/* A line as it was understood. */
struct heard {
	enum claim claim;
	size_t dialect;
	size_t start, end; /* octets of the content */
	struct prefix prefix;
	struct str text; /* clean */
	size_t len;      /* of the text before it was cut to LIMIT_RECORD */
	struct grammar_match match;
};

struct daemon_reader {
	struct str content;
	uint16_t input;
	int year;
	size_t at;
	uint64_t line;
	size_t line_start; /* of the line in which `at` stands */
	struct splitter split;
	struct ios_stamp ios_stamp; /* of the last line that only IOS prints */
	struct grammar *grammar;
	const char *programs[PROGRAMS + 1];
	uint8_t program_dialect[PROGRAMS];
	size_t n_programs;
	struct speech speech;
	void **states; /* [device][dialect] */
	size_t n_states;
	uint64_t lines_heard[DIALECTS];
	struct log_stats stats;
	bool is_active; /* lines of `current` were just read */
	size_t current;
	uint16_t device;
	bool is_finished;
	const struct log_witness *witness;
	size_t passed_at; /* the last time that somebody was told (daemon_passes) */
	bool is_foreign;  /* in the middle of a stretch that is no daemon's */
	struct str alias; /* what a text calls a program of `alias_dialect` */
	size_t alias_dialect;
};

static void add_programs(struct daemon_reader *r)
{
	for (size_t d = 0; d < n_daemon_dialects; d++) {
		const char *const *p = daemon_dialects[d]->programs;

		for (; *p && r->n_programs < PROGRAMS; p++) {
			r->program_dialect[r->n_programs] = (uint8_t)d;
			r->programs[r->n_programs++] = *p;
		}
	}
}

struct daemon_reader *daemon_open(struct str content, uint16_t input, int year,
				  struct secrets *secrets)
{
	struct daemon_reader *r = must_alloc(1, sizeof(*r));
	const struct grammar_table *tables[DIALECTS];
	struct dialect all = {"daemons", tables, 0};

	memset(r, 0, sizeof(*r));
	r->content = content;
	r->input = input;
	r->year = year;
	r->line = 1;
	for (size_t d = 0; d < n_daemon_dialects && d < DIALECTS; d++)
		tables[all.n_tables++] = daemon_dialects[d]->tables;
	r->grammar = grammar_new(&all);
	add_programs(r);
	r->split = (struct splitter){.content = content,
				     .year = year,
				     .programs = r->programs,
				     .n_programs = r->n_programs};
	r->speech.arena = arena_new(LIMIT_SCRATCH);
	r->speech.names = arena_new(NAMES_CEILING);
	r->speech.content = content;
	r->speech.secrets = secrets;
	r->speech.decoder = l2tp_decoder_new(r->speech.arena, secrets);
	r->speech.devices = must_alloc(LIMIT_VANTAGES, sizeof(*r->speech.devices));
	memset(r->speech.devices, 0, LIMIT_VANTAGES * sizeof(*r->speech.devices));
	r->n_states = LIMIT_VANTAGES * n_daemon_dialects;
	r->states = must_alloc(r->n_states, sizeof(*r->states));
	memset(r->states, 0, r->n_states * sizeof(*r->states));
	r->stats.bytes = content.len;
	return r;
}

void daemon_close(struct daemon_reader *r)
{
	if (!r)
		return;
	grammar_free(r->grammar);
	l2tp_decoder_free(r->speech.decoder);
	arena_free(r->speech.arena);
	arena_free(r->speech.names);
	free(r->speech.queue);
	free(r->speech.devices);
	free(r->states);
	free(r);
}

void daemon_passes(struct daemon_reader *r, void (*passed)(void *self, uint64_t offset), void *self)
{
	r->speech.passed = passed;
	r->speech.passed_self = self;
}

void daemon_grow(struct daemon_reader *r, size_t len)
{
	r->content.len = len;
	r->speech.content.len = len;
	r->stats.bytes = len;
	r->is_finished = false;
	split_grow(&r->split, len);
}

void daemon_tell(struct daemon_reader *r, const struct log_witness *w)
{
	r->witness = w;
}

static void tell(const struct daemon_reader *r, const struct spoken *line, bool is_more)
{
	if (r->witness)
		r->witness->saw(r->witness->self, r->content, &line->record, is_more);
}

const struct log_stats *daemon_stats(const struct daemon_reader *r)
{
	return &r->stats;
}

struct str daemon_device_name(const struct daemon_reader *r, uint16_t device)
{
	const struct device *d = &r->speech.devices[device];

	if (device >= r->speech.n_devices)
		return STR("");
	return d->host.len ? d->host : d->name;
}

size_t daemon_heard(const struct daemon_reader *r, const char **ret, uint64_t *ret_lines,
		    size_t room)
{
	size_t n = 0;

	for (size_t d = 0; d < n_daemon_dialects; d++) {
		uint64_t lines = r->lines_heard[d];
		size_t at = n;

		if (!lines || n == room)
			continue;
		while (at > 0 && ret_lines[at - 1] < lines) {
			ret[at] = ret[at - 1];
			ret_lines[at] = ret_lines[at - 1];
			at--;
		}
		ret[at] = daemon_dialects[d]->name;
		ret_lines[at] = lines;
		n++;
	}
	return n;
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

static struct str clean(struct daemon_reader *r, struct str s)
{
	char *text;
	size_t n = 0;

	s = str_trim(s);
	if (s.len > LIMIT_RECORD)
		s.len = LIMIT_RECORD;
	if (is_clean(s))
		return s;
	text = arena_alloc(r->speech.arena, s.len);
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

static bool match(struct daemon_reader *r, const char *only, struct heard *h)
{
	return h->text.len &&
	       grammar_match_line(r->grammar, h->text, only, r->speech.arena, &h->match);
}

static bool dialect_of_program(const struct daemon_reader *r, struct str program, size_t *ret)
{
	for (size_t i = 0; i < r->n_programs && program.len; i++) {
		if (!str_is(program, r->programs[i]))
			continue;
		*ret = r->program_dialect[i];
		return true;
	}
	return false;
}

/* Right behind lines of a dialect, what one of its own rows reads is its own. */
static bool is_own_line(struct daemon_reader *r, bool is_tagged, struct heard *h)
{
	return !is_tagged && r->is_active && match(r, daemon_dialects[r->current]->name, h) &&
	       !(h->match.row->flags & ROW_GENERIC);
}

/* `2024-06-14T10:52:57+02:00 modem DIAL: sent [LCP …`, `SYSLOG 10: sent [LCP …`: a supervisor gave
 * its pppd another name, which is the last word with a letter before the colon. A packet in its
 * words tells, and whatever has that name is its own from then on. One name: the lines of a second
 * one would be taken for the same link's. */
static void hear_alias(struct daemon_reader *r, struct str line, struct heard *h)
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
	is_known = alias.len && str_equal(alias, r->alias);
	h->text = unrepeated(clean(r, str_from(line, h->prefix.body + colon + 2)));
	if (!alias.len || str_find(host, STR(" ")) != SIZE_MAX ||
	    !match(r, is_known ? daemon_dialects[r->alias_dialect]->name : NULL, h) ||
	    (!is_known && (r->alias.len || h->match.row->kind != RECORD_PPP_PACKET))) {
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
	r->alias = arena_str(r->speech.names, alias);
	r->alias_dialect = h->dialect;
}

/* Understands the line at `at`. Knows nothing of what a dialect waits for. */
static void hear(struct daemon_reader *r, size_t at, struct heard *h)
{
	size_t end = split_record_end(&r->split, at);
	struct str line;
	bool is_tagged;

	line = str_range(r->content.at + at, r->content.at + end);
	if (!r->is_active && line_is_ios(line)) {
		h->claim = CLAIM_NONE;
		h->start = at;
		h->end = end;
		return;
	}
	*h = (struct heard){.start = at, .end = end};
	prefix_read(line, r->year, r->programs, &h->prefix);
	h->len = str_trim(str_from(line, h->prefix.body)).len;
	h->text = unrepeated(clean(r, str_from(line, h->prefix.body)));
	if (h->prefix.body && line.at[0] == '"' && str_ends(h->text, "\""))
		h->text.len--; /* a field of a table */
	if (h->prefix.is_code && str_ends(h->text, "`"))
		h->text = str_trim((struct str){h->text.at, h->text.len - 1});
	is_tagged = dialect_of_program(r, h->prefix.program, &h->dialect);
	if (!h->text.len) {
		h->claim = CLAIM_NEUTRAL;
		return;
	}
	if (is_own_line(r, is_tagged, h)) {
		h->dialect = r->current;
		h->claim = CLAIM_READ;
		return;
	}
	if (match(r, is_tagged ? daemon_dialects[h->dialect]->name : NULL, h)) {
		if (!is_tagged)
			h->dialect = dialect_of_row(h->match.row);
		h->claim = CLAIM_READ;
		if (!is_tagged && (h->match.row->flags & ROW_CONTEXT) &&
		    !(r->is_active && r->current == h->dialect))
			h->claim = CLAIM_NONE;
		return;
	}
	if (is_tagged)
		h->claim = CLAIM_UNREAD;
	else if (h->prefix.stamp.len && h->prefix.program.len && h->text.at[0] != '%')
		h->claim = CLAIM_NEUTRAL;
	else
		hear_alias(r, line, h);
}

/* A record that was wrapped: nothing reads it, but with the next line behind it. */
static bool hear_wrapped(struct daemon_reader *r, struct heard *h)
{
	struct str text = h->text;
	size_t end = h->end;

	for (int i = 0; i < JOINS; i++) {
		struct prefix next;
		struct str line, more;

		if (end + 1 >= r->content.len || r->content.at[end] != '\n')
			break;
		line = str_range(r->content.at + end + 1,
				 r->content.at + split_line_end(&r->split, end + 1));
		prefix_read(line, r->year, r->programs, &next);
		more = clean(r, str_from(line, next.body));
		if (next.stamp.len || next.program.len || !more.len ||
		    text.len + more.len > JOINED_MOST)
			break;
		end += 1 + line.len;
		text = arena_printf(r->speech.arena, "%.*s %.*s", STR_ARG(text), STR_ARG(more));
		h->text = text;
		if (match(r, daemon_dialects[h->dialect]->name, h)) {
			h->end = end;
			h->claim = CLAIM_READ;
			return true;
		}
	}
	return false;
}

/* ---- records ---- */

static uint16_t device_of(struct daemon_reader *r, struct str host, uint32_t pid)
{
	struct speech *s = &r->speech;

	for (size_t i = 0; i < s->n_devices; i++)
		if (str_equal(s->devices[i].host, host) && s->devices[i].pid == pid)
			return (uint16_t)i;
	if (pid && s->n_devices == 1 && !s->devices[0].host.len && !s->devices[0].pid &&
	    !host.len) {
		s->devices[0].pid = pid; /* what its programs said before its daemon did */
		return 0;
	}
	if (s->n_devices == LIMIT_VANTAGES) {
		r->stats.is_limited = true;
		return LIMIT_VANTAGES - 1;
	}
	s->devices[s->n_devices].host = arena_str(s->names, host);
	s->devices[s->n_devices].pid = pid;
	return (uint16_t)s->n_devices++;
}

static void *state_of(struct daemon_reader *r, uint16_t device, size_t dialect)
{
	void **state = &r->states[device * n_daemon_dialects + dialect];

	if (!*state && daemon_dialects[dialect]->state_size)
		*state = arena_alloc(r->speech.names, daemon_dialects[dialect]->state_size);
	return *state;
}

static uint64_t lines_of(const struct daemon_reader *r, size_t start, size_t end)
{
	uint64_t n = 0;

	for (size_t i = start; i < end; i++) {
		const char *newline = memchr(r->content.at + i, '\n', end - i);

		if (!newline)
			break;
		i = (size_t)(newline - r->content.at);
		n++;
	}
	return n;
}

static uint32_t column_of(const struct daemon_reader *r)
{
	size_t column = r->at - r->line_start + 1;

	return column > UINT32_MAX ? UINT32_MAX : (uint32_t)column;
}

static uint16_t which_device(struct daemon_reader *r, const struct heard *h)
{
	bool is_device = daemon_dialects[h->dialect]->is_device && h->claim != CLAIM_NONE;

	if (h->prefix.host.len)
		return device_of(r, h->prefix.host, 0);
	if (is_device && h->prefix.pid)
		return device_of(r, h->prefix.host, h->prefix.pid);
	return r->speech.n_devices ? r->device : device_of(r, h->prefix.host, 0);
}

static void fill(struct daemon_reader *r, const struct heard *h, struct spoken *ret)
{
	struct log_record *record = &ret->record;

	memset(ret, 0, sizeof(*ret));
	ret->program = h->prefix.program;
	ret->pid = h->prefix.pid;
	ret->device = which_device(r, h);
	record->origin = (struct origin){.input = r->input,
					 .line = r->line,
					 .line_end = r->line + lines_of(r, h->start, h->end),
					 .column = column_of(r),
					 .offset = h->start,
					 .offset_end = h->end};
	record->body = h->start + h->prefix.body;
	record->when = h->prefix.when;
	record->stamp = h->prefix.stamp;
	record->host = r->speech.devices[ret->device].host;
	record->text = h->text;
	if (h->claim != CLAIM_READ)
		return;
	record->row = h->match.row;
	record->kind = h->match.row->kind;
	record->text = h->match.text;
	record->values = h->match.values;
	record->n_values = h->match.n_values;
	record->fields = h->match.fields;
	record->places = h->match.places;
}

/* Lines that follow a stamped one without a stamp of their own happen at its time. */
static void borrow_time(struct daemon_reader *r, struct spoken *line)
{
	struct device *d = speech_device(&r->speech, line);

	if (moment_known(line->record.when))
		d->when = line->record.when;
	else
		line->record.when = d->when;
}

static void advance(struct daemon_reader *r, const struct heard *h)
{
	size_t end = h->end;

	if (end < r->content.len && r->content.at[end] == '\n')
		end++;
	for (size_t i = r->at; i < end; i++) {
		const char *newline = memchr(r->content.at + i, '\n', end - i);

		if (!newline)
			break;
		i = (size_t)(newline - r->content.at);
		r->line++;
		r->line_start = i + 1;
	}
	r->at = end;
	if (r->speech.passed && r->at - r->passed_at >= PASSED_OCTETS) {
		r->passed_at = r->at;
		r->speech.passed(r->speech.passed_self, r->at - PASSED_OCTETS);
	}
}

/* What was cut from a record is said where its first event is, behind the `before` that waited. */
static void tell_cut(struct daemon_reader *r, const struct heard *h, const struct spoken *line,
		     size_t before)
{
	struct speech *s = &r->speech;
	struct defect_list all = {.arena = s->arena};
	struct event *e;
	struct defect *d;

	if (h->len <= LIMIT_RECORD)
		return;
	e = before < s->n ? &s->queue[before] : speech_say(s, line, SAID_NOTHING);
	defect_add_all(&all, e->defects, e->n_defects);
	d = defect_add(&all, DEFECT_LIMIT_RECORD, 0);
	if (d) {
		d->line = line->record.origin.line;
		d->text = arena_printf(s->arena, "the first %d characters of it were read",
				       LIMIT_RECORD);
	}
	e->defects = all.at;
	e->n_defects = all.n;
}

static bool is_more(struct daemon_reader *r, const struct heard *h)
{
	const struct daemon_dialect *d = daemon_dialects[r->current];
	size_t before = r->speech.n;
	struct spoken line;

	if (!r->is_active || !d->more || (h->claim != CLAIM_NONE && h->dialect != r->current))
		return false;
	fill(r, h, &line);
	borrow_time(r, &line);
	if (!d->more(&r->speech, state_of(r, line.device, r->current), &line))
		return false;
	tell(r, &line, true);
	tell_cut(r, h, &line, before);
	return true;
}

/* No row reads it, or only one that reads everything of its dialect. */
static bool may_be_more(const struct heard *h)
{
	return h->claim == CLAIM_UNREAD || h->claim == CLAIM_NONE ||
	       (h->claim == CLAIM_READ && (h->match.row->flags & ROW_GENERIC));
}

static void unread_event(struct daemon_reader *r, const struct spoken *line)
{
	r->stats.unread++;
	speech_say(&r->speech, line, SAID_UNREAD);
}

static void take(struct daemon_reader *r, struct heard *h)
{
	const struct daemon_dialect *d = daemon_dialects[h->dialect];
	size_t before = r->speech.n;
	struct spoken line;

	fill(r, h, &line);
	borrow_time(r, &line);
	r->stats.records++;
	r->lines_heard[h->dialect]++;
	tell(r, &line, false);
	if (h->claim == CLAIM_READ)
		d->take(&r->speech, state_of(r, line.device, h->dialect), &line);
	else
		unread_event(r, &line);
	tell_cut(r, h, &line, before);
	r->current = h->dialect;
	r->device = line.device;
	r->is_active = true;
}

/* Over whole lines that only IOS prints, which cannot be anything else or hold the tag of a daemon,
 * up to `most`: hear() would say so of each. */
static void skip_ios(struct daemon_reader *r, size_t most)
{
	while (r->at < most && r->at == r->line_start) {
		const char *from = r->content.at + r->at;
		size_t room = r->content.len - r->at;
		const char *end =
			memchr(from, '\n', room < LIMIT_LINE_LOOK ? room : LIMIT_LINE_LOOK);
		struct str line;

		if (!end)
			return;
		line = str_range(from, end);
		if (split_may_end(line) || !line_is_ios_like(line, &r->ios_stamp))
			return;
		r->at += line.len + 1;
		r->line++;
		r->line_start = r->at;
	}
}

/* From a line that is nobody's to the next that is a daemon's. */
static void foreign(struct daemon_reader *r, const struct heard *first, struct stretch *ret)
{
	struct heard h = *first;

	*ret = (struct stretch){.start = first->start, .line = r->line, .goes_on = r->is_foreign};
	r->is_active = r->is_foreign = false;
	while (h.claim == CLAIM_NONE || h.claim == CLAIM_NEUTRAL) {
		advance(r, &h);
		skip_ios(r, ret->start + STRETCH_OCTETS);
		if (r->at >= r->content.len)
			break;
		if (r->at - ret->start >= STRETCH_OCTETS) {
			r->is_foreign = true;
			break;
		}
		arena_reset(r->speech.arena);
		hear(r, r->at, &h);
	}
	ret->end = r->at;
}

static bool give(struct daemon_reader *r, struct event *ret)
{
	struct speech *s = &r->speech;

	if (s->given < s->n) {
		*ret = s->queue[s->given++];
		return true;
	}
	s->given = s->n = 0;
	arena_reset(s->arena);
	return false;
}

static void finish(struct daemon_reader *r)
{
	r->is_finished = true;
	for (size_t i = 0; i < r->n_states; i++) {
		const struct daemon_dialect *d = daemon_dialects[i % n_daemon_dialects];

		if (r->states[i] && d->finish)
			d->finish(&r->speech, r->states[i]);
	}
	r->stats.lines = r->line - (r->content.len && r->content.at[r->content.len - 1] == '\n');
	r->stats.is_limited = r->stats.is_limited || arena_is_full(r->speech.names);
}

enum daemon_pull daemon_next(struct daemon_reader *r, struct event *ret_event,
			     struct stretch *ret_stretch)
{
	for (;;) {
		struct heard h;

		if (give(r, ret_event))
			return DAEMON_EVENT;
		if (r->at >= r->content.len) {
			if (r->is_finished)
				return DAEMON_END;
			finish(r);
			continue;
		}
		hear(r, r->at, &h);
		if (may_be_more(&h) && is_more(r, &h)) {
			advance(r, &h);
			continue;
		}
		if (h.claim == CLAIM_UNREAD)
			hear_wrapped(r, &h);
		if (h.claim == CLAIM_NONE || (r->is_foreign && h.claim == CLAIM_NEUTRAL)) {
			foreign(r, &h, ret_stretch);
			return DAEMON_FOREIGN;
		}
		r->is_foreign = false;
		if (h.claim != CLAIM_NEUTRAL)
			take(r, &h);
		advance(r, &h);
	}
}

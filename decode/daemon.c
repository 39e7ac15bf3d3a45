#include "daemon.h"

#include <stdlib.h>

#include "daemon_hear.h"
#include "ios_line.h"
#include "speech.h"

enum {
	NAMES_CEILING = 128 << 20,
	STRETCH_OCTETS = 1 << 18, /* of a piece of what is nobody's */
};

struct daemon_reader {
	struct str content;
	uint16_t input;
	size_t at;
	uint64_t line;
	size_t line_start; /* of the line in which `at` stands */
	struct hearing hearing;
	struct ios_stamp ios_stamp; /* of the last line that only IOS prints */
	struct speech speech;
	void **states; /* [device][dialect] */
	size_t n_states;
	uint64_t lines_heard[HEARING_DIALECTS];
	struct log_stats stats;
	bool is_active; /* lines of `current` were just read */
	size_t current;
	uint16_t device;
	bool is_finished;
	const struct log_witness *witness;
	size_t passed_at; /* the last time that somebody was told (daemon_passes) */
	bool is_foreign;  /* in the middle of a stretch that is no daemon's */
	struct str last;  /* the line that was taken last, as it stands in the content */
};

struct daemon_reader *daemon_open(struct str content, uint16_t input, int year,
				  struct secrets *secrets)
{
	struct daemon_reader *r = must_alloc(1, sizeof(*r));

	memset(r, 0, sizeof(*r));
	r->content = content;
	r->input = input;
	r->line = 1;
	r->speech.arena = arena_new(LIMIT_SCRATCH);
	r->speech.names = arena_new(NAMES_CEILING);
	r->speech.content = content;
	hearing_open(&r->hearing, content, year, r->speech.arena, r->speech.names);
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
	hearing_close(&r->hearing);
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
	hearing_grow(&r->hearing, len);
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

/* ---- records ---- */

/* What stands for the process of a sniffer, which is no end of a tunnel. */
static const uint32_t WIRE = UINT32_MAX;

static uint16_t device_of(struct daemon_reader *r, struct str host, uint32_t pid)
{
	struct speech *s = &r->speech;

	for (size_t i = 0; i < s->n_devices; i++)
		if (str_equal(s->devices[i].host, host) && s->devices[i].pid == pid)
			return (uint16_t)i;
	if (pid && pid != WIRE && s->n_devices == 1 && !s->devices[0].host.len &&
	    !s->devices[0].pid && !host.len) {
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

	if (daemon_dialects[h->dialect]->is_wire && h->claim != CLAIM_NONE)
		return device_of(r, STR(""), WIRE);
	if (h->prefix.host.len)
		return device_of(r, h->prefix.host, 0);
	if (is_device && h->prefix.pid)
		return device_of(r, h->prefix.host, h->prefix.pid);
	if (!r->speech.n_devices ||
	    (r->speech.devices[r->device].pid == WIRE && h->claim != CLAIM_NONE))
		return device_of(r, h->prefix.host, 0);
	return r->device;
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

/* The line before, octet by octet, its time with it: two collectors wrote it, or one twice. What
 * stands in several lines of a record may be alike. */
static bool is_said_again(struct daemon_reader *r, const struct heard *h)
{
	struct str now = {r->content.at + h->start, h->end - h->start};
	struct str last = r->last;
	enum record_kind kind = h->claim == CLAIM_READ ? h->match.row->kind : RECORD_UNREAD;
	bool is_next = last.len && last.at + last.len < now.at && last.at + last.len + 2 >= now.at;

	r->last = now;
	return is_next && h->prefix.stamp.len && h->prefix.program.len &&
	       (kind == RECORD_MESSAGE || kind == RECORD_SAID) && str_equal(now, last);
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
	if (is_said_again(r, h))
		speech_say(&r->speech, &line, SAID_NOTHING);
	else if (h->claim == CLAIM_READ)
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
		hear(&r->hearing, r->at, HEARING_NOBODY, &h);
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
		hear(&r->hearing, r->at, r->is_active ? r->current : HEARING_NOBODY, &h);
		if (may_be_more(&h) && is_more(r, &h)) {
			advance(r, &h);
			continue;
		}
		if (h.claim == CLAIM_UNREAD)
			hear_wrapped(&r->hearing, &h);
		else if (h.claim == CLAIM_READ && h.match.row->flags & ROW_GENERIC)
			hear_closer(&r->hearing, &h);
		if (h.claim == CLAIM_READ && h.match.row->flags & ROW_OPEN)
			hear_rest(&r->hearing, &h);
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

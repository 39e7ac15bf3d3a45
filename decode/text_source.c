/* A text as an input: records, held in a window while consoles and messages are told apart,
 * become events. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "daemon.h"
#include "frame.h"
#include "l2tp.h"
#include "repair.h"
#include "shape.h"
#include "source.h"
#include "spill.h"
#include "stream.h"
#include "text_source.h"

/* The end of a window that waits for what follows it. */
enum { LOOK_AHEAD = 1024 };

/* As much as the buffer of a stream holds passes by it. */
enum { COPY_OCTETS = STREAM_BUFFER };

struct text_source {
	struct source_options options;
	struct spill *file; /* a copy of the input: nobody cuts it short while it is read */
	struct shape shape;
	struct str content;  /* what is read: shape.text */
	struct arena *texts; /* of the records in the window */
	struct arena *spare; /* takes turns with `texts` */
	char dialect[128];
	struct arena *scratch;
	struct daemon_reader *daemons; /* gives what is theirs, and the stretches between */
	struct event ahead;            /* what the daemons gave behind a stretch, or at first */
	struct stretch ahead_stretch;
	enum daemon_pull ahead_pull;
	bool has_ahead, in_section; /* a stretch is being read by `reader` */
	bool is_whole;              /* all of that stretch is known */
	struct log_reader *reader;
	struct window window;
	size_t at, cut; /* next record of the window, and where it may be given to */
	bool is_read;   /* the reader is at its end */
	bool is_limit_told;
	struct line_near near; /* the line of the event before */
	struct consoles *consoles;
	struct vantage vantages[LIMIT_VANTAGES];
	uint16_t console_vantage[LIMIT_VANTAGES]; /* index into vantages + 1; 0 none yet */
	uint16_t device_vantage[LIMIT_VANTAGES];  /* likewise, of daemons */
	struct clock_turn console_turn[LIMIT_VANTAGES], device_turn[LIMIT_VANTAGES];
	size_t n_vantages;
	struct input_stats stats;
	char cut_text[128]; /* where the file could not be read further, or empty */
};

/* ---- open ---- */

static bool is_printable(uint8_t c)
{
	return c >= 0x20 || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0x1b;
}

/* Nothing in a text is an error, so anything that is mostly characters is one; captures say
 * what they are in their first octets and score higher. */
static unsigned probe(struct span head)
{
	size_t control = 0;

	if (shape_is_wide((struct str){(const char *)head.at, head.len}))
		return 50;
	for (size_t i = 0; i < head.len; i++)
		control += !is_printable(head.at[i]);
	if (head.len == 0)
		return 0;
	return control * 20 <= head.len ? 50 : control * 4 <= head.len ? 10 : 0;
}

static bool content_open(struct text_source *s, FILE *file, struct text *why_not)
{
	uint8_t *octets = must_alloc(COPY_OCTETS, 1);
	struct span all = {0};
	bool is_good;
	int error;
	size_t n;

	s->file = spill_open();
	while ((n = fread(octets, 1, COPY_OCTETS, file)) > 0)
		spill_write(s->file, octets, n);
	error = ferror(file) ? errno : 0;
	is_good = spill_map(s->file, &all, why_not);
	if (is_good && error)
		snprintf(s->cut_text, sizeof(s->cut_text), "could not be read behind octet %zu: %s",
			 all.len, strerror(error));
	if (is_good && all.len == 0)
		text_puts(why_not, error ? strerror(error) : "is empty");
	fclose(file);
	free(octets);
	is_good = is_good && all.len > 0 &&
		  shape_open(&s->shape, (struct str){(const char *)all.at, all.len}, s->file,
			     s->options.year, why_not);
	if (is_good) {
		s->content = s->shape.text;
		return true;
	}
	shape_close(&s->shape);
	spill_close(s->file);
	return false;
}

static void text_close(void *self);
static void window_fill(struct text_source *s);

static void section_begin(struct text_source *s, const struct stretch *stretch)
{
	log_section(s->reader, s->content, stretch->start, stretch->end, stretch->line);
	s->in_section = true;
	s->is_read = s->is_whole = false;
	window_fill(s);
}

static enum daemon_pull pull_ahead(struct text_source *s)
{
	s->ahead_pull = daemon_next(s->daemons, &s->ahead, &s->ahead_stretch);
	s->has_ahead = true;
	return s->ahead_pull;
}

/* A stretch comes in pieces: always so much of it that a record is told from what follows. */
static bool record_next(struct text_source *s, struct log_record *ret)
{
	while (!s->is_whole && log_left(s->reader) < LOG_AHEAD) {
		s->is_whole = pull_ahead(s) != DAEMON_FOREIGN || !s->ahead_stretch.goes_on;
		if (s->is_whole)
			break;
		s->has_ahead = false;
		log_extend(s->reader, s->ahead_stretch.end);
	}
	return log_next(s->reader, ret);
}

/* The first record, whosever it is. False when there is no word of a log, a configuration, a
 * table or a prompt in all of the text. */
static bool find_first(struct text_source *s)
{
	struct stretch stretch;

	for (;;) {
		enum daemon_pull pull = s->has_ahead ? s->ahead_pull : pull_ahead(s);

		switch (pull) {
		case DAEMON_EVENT:
			return true;
		case DAEMON_FOREIGN:
			stretch = s->ahead_stretch;
			s->has_ahead = false;
			section_begin(s, &stretch);
			if (s->window.n > 0 || !s->is_read)
				return true;
			break;
		case DAEMON_END:
			return daemon_stats(s->daemons)->records > 0;
		}
	}
}

/* A line may have no end. */
static void passed(void *self, uint64_t offset)
{
	const struct text_source *s = self;

	if (offset == UINT64_MAX)
		spill_rest(s->file);
	else if (shape_is_plain(&s->shape))
		spill_forget(s->file, offset);
	else
		shape_forget(&s->shape, offset);
}

static void reader_open(struct text_source *s, const char *path)
{
	const struct source_options *o = &s->options;

	s->texts = arena_new_rounds(LIMIT_REPLAY_ARENA);
	s->spare = arena_new_rounds(LIMIT_REPLAY_ARENA);
	s->scratch = arena_new(LIMIT_SCRATCH);
	s->daemons = daemon_open(s->content, o->input, o->year, o->secrets);
	daemon_tell(s->daemons, o->witness);
	daemon_passes(s->daemons, passed, s);
	s->reader = log_open((struct str){s->content.at, 0}, o->input, o->year, s->texts);
	s->window.arena = s->texts;
	s->window.secrets = o->secrets;
	s->window.without_octets = o->without_octets;
	s->window.packets = l2tp_decoder_new(s->scratch, o->secrets);
	s->window.frames = frame_decoder_new(s->scratch, o->secrets, false);
	s->consoles = consoles_new();
	s->stats = (struct input_stats){
		.path = path,
		.name = o->name,
		.kind = SOURCE_TEXT,
		.kind_name = "text",
		.bytes = s->shape.given.len,
		.dialect = "cisco-ios",
		.is_cut = s->cut_text[0] != '\0',
		.cut_text = str_of(s->cut_text),
	};
}

static const char *dialects_of(struct text_source *s)
{
	struct text names = text_make(256);

	text_name_speakers(s->content, s->options.input, s->options.year,
			   s->in_section && s->window.n > 0, &names);
	snprintf(s->dialect, sizeof(s->dialect), "%.*s", STR_ARG(text_str(&names)));
	text_free(&names);
	return s->dialect;
}

static void *text_open(FILE *file, struct span head, const char *path,
		       const struct source_options *o, struct text *why_not)
{
	struct text_source *s = must_alloc(1, sizeof(*s));

	(void)head;
	*s = (struct text_source){.options = *o};
	if (!content_open(s, file, why_not)) {
		free(s);
		return NULL;
	}
	reader_open(s, path);
	if (!find_first(s) && !o->as) {
		text_puts(why_not, "neither a capture nor a log: not one record in this text");
		text_name_strangers(s->content, o->year, why_not);
		text_close(s);
		return NULL;
	}
	s->stats.dialect = dialects_of(s);
	return s;
}

static void *text_open_growing(const char *text, const char *path, const struct source_options *o)
{
	struct text_source *s = must_alloc(1, sizeof(*s));

	*s = (struct text_source){.options = *o, .content = {text, 0}};
	s->shape.given = s->shape.text = s->content;
	reader_open(s, path);
	return s;
}

static void text_grow(void *self, size_t len)
{
	struct text_source *s = self;

	s->content.len = len;
	s->shape.given = s->shape.text = s->content;
	s->stats.bytes = len;
	daemon_grow(s->daemons, len);
}

static void text_close(void *self)
{
	struct text_source *s = self;

	daemon_close(s->daemons);
	log_close(s->reader);
	l2tp_decoder_free(s->window.packets);
	frame_decoder_free(s->window.frames);
	window_free(&s->window);
	consoles_free(s->consoles);
	arena_free(s->scratch);
	arena_free(s->texts);
	arena_free(s->spare);
	shape_close(&s->shape);
	spill_close(s->file);
	free(s);
}

/* ---- next ---- */

/* What the records that go on borrow moves; the text of those that went is forgotten. */
static void recycle(struct text_source *s)
{
	struct arena *full = s->texts;

	for (size_t i = 0; i < s->window.n; i++)
		record_move(&s->window.records[i], s->spare);
	s->texts = s->spare;
	s->spare = full;
	arena_reset(full);
	s->window.arena = s->texts;
	log_use(s->reader, s->texts);
}

static void window_fill(struct text_source *s)
{
	struct window *w = &s->window;
	size_t kept, sure;

	window_drop(w, s->cut);
	recycle(s);
	kept = w->n;
	while (w->n < LIMIT_LOG_WINDOW && !s->is_read) {
		struct log_record *r = window_room(w);

		s->is_read = !record_next(s, r);
		if (s->is_read)
			break;
		if (s->options.witness)
			s->options.witness->saw(s->options.witness->self, s->content, r, false);
		window_add(w);
	}
	text_secrets_learn(s->options.secrets, w, kept);
	repair_names(w);
	sure = s->is_read || w->n <= LOOK_AHEAD ? w->n : w->n - LOOK_AHEAD;
	consoles_assign(s->consoles, w->records, w->n, sure, w->console);
	handles_resolve(w, 0);
	window_group(w);
	repair_messages(w);
	rebuild_messages(w);
	s->at = 0;
	s->cut = sure == w->n ? w->n : window_cut(w, sure);
	consoles_rewind(s->consoles, w->records, w->console, s->cut);
}

static uint16_t vantage_of(struct text_source *s, uint16_t *known, struct str name)
{
	if (!*known && s->n_vantages == LIMIT_VANTAGES)
		return s->vantages[LIMIT_VANTAGES - 1].number;
	if (!*known) {
		uint16_t *next = s->options.vantages;
		struct vantage *v = &s->vantages[s->n_vantages];

		*v = (struct vantage){.number = next ? (*next)++ : (uint16_t)s->n_vantages,
				      .input = s->options.input,
				      .is_text = true};
		*known = (uint16_t)++s->n_vantages;
	}
	s->vantages[*known - 1].name = name;
	return s->vantages[*known - 1].number;
}

static void count(struct text_source *s, const struct event *e)
{
	struct input_stats *stats = &s->stats;

	if (e->origin.offset_end > stats->passed)
		stats->passed = e->origin.offset_end;
	for (size_t i = 0; i < e->n_defects; i++)
		stats->damaged += e->defects[i].id == DEFECT_INPUT_DAMAGED &&
				  (i == 0 || e->defects[i - 1].id != DEFECT_INPUT_DAMAGED ||
				   e->defects[i - 1].record != e->defects[i].record);
	if (!moment_known(e->when))
		return;
	if (!moment_known(stats->first) || moment_minus(e->when, stats->first) < 0)
		stats->first = e->when;
	if (!moment_known(stats->last) || moment_minus(e->when, stats->last) > 0)
		stats->last = e->when;
}

/* What nobody replays, unless it carries a defect that must be told. */
static bool is_noise(const struct event *e)
{
	return e->kind == EVENT_SAID && !e->n_defects &&
	       (e->said.topic == SAID_NOTHING || e->said.topic == SAID_UNREAD ||
		e->said.topic == SAID_OTHER);
}

/* More than a run keeps apart is said once, where it was noticed. */
static void tell_limits(struct text_source *s, struct event *e)
{
	struct defect_list all = {.arena = s->scratch};
	struct defect *d;

	if (s->is_limit_told || (!consoles_is_limited(s->consoles) &&
				 !log_stats(s->reader)->is_limited && !arena_is_full(s->texts)))
		return;
	s->is_limit_told = true;
	defect_add_all(&all, e->defects, e->n_defects);
	d = defect_add(&all, DEFECT_LIMIT_REACHED, 0);
	if (!d)
		return;
	d->line = e->origin.line;
	d->text = consoles_is_limited(s->consoles)
			  ? STR("more consoles or tunnel ids than can be told apart")
			  : STR("the memory for the text of one log");
	e->defects = all.at;
	e->n_defects = all.n;
}

static uint64_t lines_given(const struct text_source *s)
{
	size_t n = s->shape.given.len;

	return line_index_at(&s->shape.given_lines, n).line - (s->shape.given.at[n - 1] == '\n');
}

static void stats_end(struct text_source *s)
{
	const struct log_stats *read = log_stats(s->reader), *daemons = daemon_stats(s->daemons);

	s->stats.lines = shape_is_plain(&s->shape) ? daemons->lines : lines_given(s);
	s->stats.records = read->records + daemons->records;
	s->stats.records_unread = read->unread + daemons->unread;
	s->stats.lines_prose = read->prose_lines;
}

/* The next event of the stretch that no daemon wrote; false at its end. */
static bool section_next(struct text_source *s, struct event *ret)
{
	while (s->at < s->cut || !s->is_read) {
		if (s->at == s->cut) {
			window_fill(s);
			continue;
		}
		arena_reset(s->scratch);
		if (event_from_record(&s->window, s->at++, s->scratch, ret))
			return true;
	}
	s->in_section = false;
	return false;
}

/* Lines and columns are those of the file that was given. */
static void locate(struct text_source *s, struct event *e)
{
	const struct shape *shape = &s->shape;
	struct defect_list all = {.arena = s->scratch};
	struct line_place first, last;

	if (shape_is_plain(shape)) {
		spill_forget(s->file, e->origin.offset);
		return;
	}
	shape_forget(shape, e->origin.offset);
	e->origin.offset = shape_offset(shape, e->origin.offset);
	spill_forget(s->file, e->origin.offset);
	e->origin.offset_end = shape_end(shape, e->origin.offset_end);
	first = line_index_near(&shape->given_lines, e->origin.offset, &s->near);
	last = line_index_near(&shape->given_lines, e->origin.offset_end, &s->near);
	e->origin.line = first.line;
	e->origin.line_end = last.line;
	e->origin.column = first.column > UINT32_MAX ? UINT32_MAX : (uint32_t)first.column;
	for (size_t i = 0; i < e->n_defects; i++) {
		struct defect *d = defect_add(&all, e->defects[i].id, 0);

		if (!d)
			break;
		*d = e->defects[i];
		if (d->line) {
			first = shape_place(shape, d->line, d->column);
			d->line = first.line;
			d->column = (uint32_t)first.column;
		}
		if (d->record)
			d->record = shape_place(shape, d->record, 1).line;
	}
	e->defects = all.at;
	e->n_defects = all.n;
}

/* Counts an event; true when it is given to somebody. */
static bool is_given(struct text_source *s, const struct event *e)
{
	count(s, e);
	return !is_noise(e) || s->options.with_noise;
}

/* False at the end of the text. */
static bool event_next(struct text_source *s, struct event *ret)
{
	uint16_t vantage;

	for (;;) {
		struct stretch stretch;
		enum daemon_pull pull;

		if (s->in_section && section_next(s, ret)) {
			tell_limits(s, ret);
			clock_turn(&s->console_turn[ret->origin.vantage], &ret->when);
			if (!is_given(s, ret))
				continue;
			locate(s, ret);
			vantage = ret->origin.vantage;
			ret->origin.vantage = vantage_of(s, &s->console_vantage[vantage],
							 consoles_name(s->consoles, vantage));
			return true;
		}
		pull = s->has_ahead ? s->ahead_pull : pull_ahead(s);
		*ret = s->ahead;
		stretch = s->ahead_stretch;
		s->has_ahead = false;
		if (pull == DAEMON_END)
			return false;
		if (pull == DAEMON_FOREIGN) {
			section_begin(s, &stretch);
			continue;
		}
		clock_turn(&s->device_turn[ret->origin.vantage], &ret->when);
		if (!is_given(s, ret))
			continue;
		arena_reset(s->scratch);
		locate(s, ret);
		vantage = ret->origin.vantage;
		ret->origin.vantage = vantage_of(s, &s->device_vantage[vantage],
						 daemon_device_name(s->daemons, vantage));
		return true;
	}
}

static enum pull text_next(void *self, struct event *ret)
{
	struct text_source *s = self;

	if (event_next(s, ret))
		return PULLED;
	stats_end(s);
	return SOURCE_END;
}

static const struct input_stats *text_stats(const void *self)
{
	return &((const struct text_source *)self)->stats;
}

static struct str text_content(const void *self)
{
	return ((const struct text_source *)self)->shape.given;
}

static size_t text_vantages(const void *self, const struct vantage **ret)
{
	const struct text_source *s = self;

	*ret = s->vantages;
	return s->n_vantages;
}

const struct source_row source_text = {
	.name = "text",
	.probe = probe,
	.open = text_open,
	.open_growing = text_open_growing,
	.grow = text_grow,
	.next = text_next,
	.stats = text_stats,
	.vantages = text_vantages,
	.content = text_content,
	.close = text_close,
};

#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "replay.h"

enum { FIRST_MS = 500, EVERY_MS = 200, EVERY_FORCED_MS = 1000, COLUMNS_ELSEWHERE = 80 };

static struct {
	bool is_wanted, is_tty, is_shown;
	bool is_aside; /* output goes to a file: the line may stay while it is written */
	int64_t began_ms, next_ms;
} line;

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_begin(struct run *r)
{
	const struct options *o = r->options;
	struct stat out;
	bool is_file = fstat(STDOUT_FILENO, &out) == 0 && !S_ISFIFO(out.st_mode) &&
		       !S_ISSOCK(out.st_mode) && isatty(STDOUT_FILENO) == 0;

	line.is_tty = isatty(STDERR_FILENO) == 1;
	line.is_wanted = o->progress || (line.is_tty && !o->quiet);
	line.is_wanted = line.is_wanted && !o->follow && (o->command->needs & LOADS_ITSELF) == 0;
	line.is_aside = is_file || o->output != NULL || !line.is_tty;
	line.began_ms = now_ms();
	line.next_ms = line.began_ms + FIRST_MS;
}

/* A text is there as a whole before its first line is looked at. */
static uint64_t octets_of(const struct input *in, uint64_t size)
{
	const struct input_stats *s = source_stats(in->source);

	if (in->has_ended && size > 0)
		return size;
	if (s->kind != SOURCE_TEXT)
		return s->bytes;
	if (size == 0 || s->bytes == 0)
		return s->passed;
	return (uint64_t)((double)size * (double)s->passed / (double)s->bytes);
}

void progress_octets(const struct run *r, uint64_t *ret_done, uint64_t *ret_all)
{
	bool is_known = true;

	*ret_done = *ret_all = 0;
	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];
		uint64_t size;

		if (in->source == NULL)
			continue;
		size = in->size > 0 ? in->size : source_size(in->source);
		*ret_done += octets_of(in, size);
		*ret_all += size;
		is_known = is_known && size > 0;
	}
	if (!is_known || *ret_done > *ret_all)
		*ret_all = 0;
}

static void add_octets(struct text *t, double octets)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB"};
	size_t unit = 0;

	for (octets /= 1e3; octets >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		octets /= 1e3;
	text_printf(t, "%.*f %s", octets < 10 ? 1 : 0, octets, units[unit]);
}

static void add_left(struct text *t, double seconds)
{
	uint64_t s = (uint64_t)(seconds + 0.5);

	if (s >= 3600)
		text_printf(t, ", %" PRIu64 " h %" PRIu64 " min left", s / 3600, s / 60 % 60);
	else if (s >= 60)
		text_printf(t, ", %" PRIu64 " min %" PRIu64 " s left", s / 60, s % 60);
	else
		text_printf(t, ", %" PRIu64 " s left", s);
}

static void add_words(struct text *t, const struct run *r, double seconds)
{
	uint64_t done, all, calls = replay_calls(r->replay);

	progress_octets(r, &done, &all);
	text_puts(t, "l2tpscope: ");
	add_octets(t, (double)done);
	if (all > 0) {
		text_puts(t, " of ");
		add_octets(t, (double)all);
		text_printf(t, " (%u %%)", (unsigned)(100.0 * (double)done / (double)all));
	}
	if (calls > 0)
		text_printf(t, ", %" PRIu64 " call%s", calls, calls == 1 ? "" : "s");
	text_puts(t, ", ");
	add_octets(t, (double)done / seconds);
	text_puts(t, "/s");
	if (all > 0 && done > 0)
		add_left(t, (double)(all - done) * seconds / (double)done);
}

static size_t columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return COLUMNS_ELSEWHERE;
}

void progress_tick(struct run *r)
{
	int64_t now;
	struct text t;
	struct str words;

	if (!line.is_wanted)
		return;
	now = now_ms();
	if (now < line.next_ms)
		return;
	line.next_ms = now + (line.is_tty ? EVERY_MS : EVERY_FORCED_MS);
	t = text_make(256);
	add_words(&t, r, (double)(now - line.began_ms) / 1e3);
	words = text_str(&t);
	if (line.is_tty && words.len >= columns()) /* it is ASCII */
		words.len = columns() - 1;
	fprintf(stderr, line.is_tty ? "\r%.*s\033[K" : "%.*s\n", STR_ARG(words));
	fflush(stderr);
	line.is_shown = line.is_tty;
	text_free(&t);
}

void progress_hide(bool is_output)
{
	if (is_output && line.is_aside)
		return;
	if (line.is_shown)
		fputs("\r\033[K", stderr);
	line.is_shown = false;
	if (is_output)
		line.is_wanted = false;
}

void progress_end(void)
{
	progress_hide(false);
	line.is_wanted = false;
}

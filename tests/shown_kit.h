/* What a recording shows, for tests that take a part of it away. */
#ifndef L2TPSCOPE_SHOWN_KIT_H
#define L2TPSCOPE_SHOWN_KIT_H

#include <string.h>

#include "replay.h"
#include "rule.h"
#include "source.h"

enum { MAX_ERRORS = 64 };

/* How many calls and tunnels, and which rules found an error. */
struct shown {
	size_t calls, tunnels, n_errors;
	const char *errors[MAX_ERRORS];
};

static bool has_error(const struct shown *shown, const char *rule)
{
	for (size_t i = 0; i < shown->n_errors; i++)
		if (strcmp(shown->errors[i], rule) == 0)
			return true;
	return false;
}

static void error_add(struct shown *shown, const struct finding *f)
{
	if (f->severity == SEVERITY_ERROR && !has_error(shown, f->rule->id) &&
	    shown->n_errors < MAX_ERRORS)
		shown->errors[shown->n_errors++] = f->rule->id;
}

/* The run of one input, at its end; the caller frees it. NULL: it is no input. */
static struct replay *replay_of(const char *path)
{
	struct text why = text_make(256);
	uint16_t vantages = 0;
	struct source_options options = {.name = "cut", .vantages = &vantages};
	struct replay_options replay_options = {0};
	struct source *source = source_open(path, &options, &why);
	struct replay *replay;
	struct event e;

	text_free(&why);
	if (!source)
		return NULL;
	replay = replay_new(&replay_options);
	while (source_next(source, &e) == PULLED)
		replay_feed(replay, &e);
	source_close(source);
	replay_end(replay, NULL, 0);
	return replay;
}

#endif

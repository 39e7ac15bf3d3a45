#define _GNU_SOURCE
#include "fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "limits.h"
#include "replay.h"
#include "rule.h"

void fuzz_defects(const struct defect *defects, size_t n)
{
	fuzz_must(n <= LIMIT_DEFECTS);
	for (size_t i = 0; i < n; i++)
		fuzz_must(defects[i].id < DEFECT_COUNT);
}

void fuzz_event(const struct event *e)
{
	struct arena *copy;

	fuzz_must(e->control.n_avps <= LIMIT_AVPS);
	fuzz_must(e->ppp.n_options <= LIMIT_OPTIONS);
	fuzz_defects(e->defects, e->n_defects);
	copy = arena_new(LIMIT_SCRATCH);
	event_copy(copy, e);
	arena_free(copy);
}

static void fuzz_ceiling(const struct arena *a, size_t some, size_t each, size_t size)
{
	fuzz_must(!arena_is_full(a) && arena_used(a) <= some + each * size);
}

void fuzz_scratch(const struct arena *a, size_t size)
{
	fuzz_ceiling(a, 64 << 10, 1024, size);
}

const char *fuzz_file(const uint8_t *data, size_t size)
{
	static char path[32];
	static int file = -1;
	ssize_t written = 0;

	if (file < 0)
		file = memfd_create("fuzz", 0);
	fuzz_must(file >= 0 && ftruncate(file, 0) == 0);
	for (size_t at = 0; at < size; at += (size_t)written) {
		written = pwrite(file, data + at, size - at, (off_t)at);
		fuzz_must(written > 0);
	}
	lseek(file, 0, SEEK_SET);
	snprintf(path, sizeof(path), "/dev/fd/%d", file);
	return path;
}

static void end_is_sound(const struct end *end)
{
	if (end->machine)
		fuzz_must(end->state < end_machine(end)->n_states);
}

void fuzz_report(const struct report *report, size_t size)
{
	uint64_t calls = 0;

	fuzz_ceiling(report->arena, 1 << 20, 1024, size);

	for (const struct tunnel *t = report->tunnels; t; t = t->next) {
		end_is_sound(&t->end[INITIATOR]);
		end_is_sound(&t->end[RESPONDER]);
	}
	for (const struct call *c = report->calls; c; c = c->next) {
		calls++;
		end_is_sound(&c->session->end[LAC]);
		end_is_sound(&c->session->end[LNS]);
		fuzz_must(c->outcome != OUTCOME_FAILED || c->cause_text.len > 0 ||
			  c->confidence == CONFIDENCE_NONE);
	}
	fuzz_must(calls == report->n_calls);
	/* no finding without words and without what it rests on */
	for (const struct finding *f = report->findings; f; f = f->next) {
		fuzz_must(f->rule != NULL && f->text.len > 0);
		fuzz_must(f->mark.is_set || f->n_evidence > 0 ||
			  strcmp(f->rule->id, "limit-reached") == 0);
	}
}

void fuzz_source(const uint8_t *data, size_t size, const char *kind)
{
	struct text why_not = text_make(LIMIT_OUTPUT_LINE);
	struct secrets *secrets = secrets_new();
	const struct replay_options replaying = {
		.keep_steps = true, .asks_steps = true, .secrets = secrets};
	uint16_t next_vantage = 0;
	const struct source_options options = {
		.name = "fuzz", .as = kind, .secrets = secrets, .vantages = &next_vantage};
	struct source *s = source_open(fuzz_file(data, size), &options, &why_not);
	const struct vantage *vantages;
	struct replay *r;
	uint64_t events = 0;
	struct event e;
	size_t n;

	if (!s) {
		fuzz_must(why_not.len > 0);
	} else {
		r = replay_new(&replaying);
		while (source_next(s, &e) == PULLED) {
			/* no event without an octet of input behind it: an endless source shows */
			fuzz_must(++events <=
				  16 + 2 * (source_stats(s)->bytes + source_stats(s)->packets));
			fuzz_event(&e);
			replay_feed(r, &e);
		}
		n = source_vantages(s, &vantages);
		replay_end(r, vantages, n);
		fuzz_report(replay_report(r), size + source_stats(s)->bytes);
		replay_free(r);
		source_close(s);
	}
	secrets_free(secrets);
	text_free(&why_not);
}

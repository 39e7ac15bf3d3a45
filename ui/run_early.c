#include "run_early.h"

#include <stdlib.h>

#include "apart.h"
#include "inputs.h"
#include "shelf.h"

static bool is_capture(const struct input *in)
{
	return in->source && source_stats(in->source)->kind == SOURCE_CAPTURE;
}

static bool is_text(const struct input *in)
{
	return in->source && source_stats(in->source)->kind == SOURCE_TEXT;
}

/* What is told as calls end, and read up to its end without being changed by what comes later. */
static bool tells_early(const struct run *r)
{
	const struct command *command = r->options->command;

	return command->rows != NULL && (command->has_rows == NULL || command->has_rows(r)) &&
	       !filter_asks_message(r->filter) && !secrets_has(r->secrets, SECRET_RADIUS);
}

/* A call ends before its tunnel, of which not all is known then. */
static bool tells_calls_early(const struct run *r)
{
	return tells_early(r) && !filter_asks_tunnel(r->filter);
}

bool run_may_tell(const struct run *r)
{
	bool is_one = r->together == TOGETHER_MAYBE || r->together == TOGETHER_YES ||
		      (r->n_inputs == 1 && is_capture(&r->inputs[0]));

	return is_one && tells_calls_early(r);
}

bool run_is_one_log(const struct run *r)
{
	return r->n_inputs == 1 && is_text(&r->inputs[0]) && tells_early(r) && !r->has_consoles &&
	       inputs_are_files(r);
}

bool run_is_long_log(const struct run *r)
{
	double whole = threshold(&r->thresholds, THRESHOLD_WHOLE_LOG) * (1 << 20);

	return r->n_inputs == 1 && is_text(&r->inputs[0]) &&
	       (double)source_size(r->inputs[0].source) > whole;
}

bool run_tells_log(const struct run *r)
{
	return run_is_long_log(r) && run_is_one_log(r) && tells_calls_early(r) && !r->keeps_log;
}

/* The console learned its name later: rows that were told before show it without. */
static bool has_other_name(struct run *r)
{
	struct vantage *vantages;
	size_t n = inputs_vantages(r, &vantages);
	bool is_other = r->has_console && n && !str_equal(r->console, vantages[0].name);

	free(vantages);
	return is_other;
}

bool run_is_told_in_vain(struct run *r)
{
	return run_tells_log(r) && !r->is_interrupted &&
	       (shelf_is_full(r->term.shelf) || has_other_name(r));
}

bool run_finds_consoles(const struct run *r)
{
	struct tunnel *of_second;

	return run_is_one_log(r) && !r->is_interrupted && replay_tunnels(r->replay, 1, &of_second);
}

/* Those between whose clocks --offset tells the difference are to be compared. */
static bool is_large(const struct run *r)
{
	double whole = threshold(&r->thresholds, THRESHOLD_WHOLE_CAPTURES) * (1 << 20), all = 0;

	for (size_t i = 0; i < r->n_inputs; i++)
		all += r->inputs[i].source ? (double)source_size(r->inputs[i].source) : 0;
	return all > whole && r->options->offsets.n == 0;
}

enum together run_together_next(const struct run *r, enum together before)
{
	bool was_compared = before == TOGETHER_APART || (before == TOGETHER_MAYBE && is_large(r));

	if (r->n_inputs < 2 || !tells_early(r) || !inputs_are_files(r))
		return TOGETHER_UNASKED;
	for (size_t i = 0; i < r->n_inputs; i++)
		if (!is_capture(&r->inputs[i]))
			return TOGETHER_UNASKED;
	if (before == TOGETHER_UNASKED && tells_calls_early(r) &&
	    (is_large(r) || inputs_named_alike(r)))
		return TOGETHER_MAYBE;
	return was_compared || r->options->offsets.n > 0 ? TOGETHER_UNASKED : TOGETHER_APART;
}

void run_together_try(struct run *r, enum together together)
{
	r->together = together;
	apart_free(r->apart);
	r->apart = together == TOGETHER_APART || (together == TOGETHER_MAYBE && is_large(r))
			   ? apart_new()
			   : NULL;
}

bool run_are_not_apart(const struct run *r)
{
	return (r->together == TOGETHER_MAYBE || r->together == TOGETHER_APART) &&
	       !inputs_are_one(r) && !r->is_interrupted && !replay_are_apart(r->replay);
}

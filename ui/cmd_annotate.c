#include "annotate.h"
#include "annotate_follow.h"
#include "command.h"
#include "secrecy.h"

static enum exit_status run_annotate(struct run *r);

const struct command command_annotate = {
	.bit = COMMAND_ANNOTATE,
	.name = "annotate",
	.arguments = "[OPTIONS] LOG [INPUT...]",
	.about = "the log as it was given, with lines added that explain it; as a page, --reflow",
	.details =
		"Every line of LOG, byte for byte and in order; below the last line of each event, "
		"lines that\nbegin with `    ; ` say what it means, the states it moves, what is "
		"damaged, and findings.\nFurther inputs are only evidence. --only-findings: "
		"nothing "
		"else is added. --reflow: one repaired\nrecord a line instead. --format html: a "
		"page, "
		"the log on the left, the words beside it.\n"
		"--follow (and `-`, when its writer goes on for longer than a second): LOG is read "
		"while it grows,\nand its lines come explained within a second or two. It is taken "
		"to be in the order it was written\nin, without the shape of a page or a mail; a "
		"finding that is sure only later names its line.\nFindings of calls that are still "
		"going on come at the end (Ctrl-C), and what is known of a call\nreaches back some "
		"thousand events. A line of LOG that begins as added ones do is announced.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS | NEEDS_NOISE,
	.run = run_annotate,
	.run_stream = annotate_follow,
};

static enum exit_status run_annotate(struct run *r)
{
	struct annotation a = {.run = r};

	struct text why = text_make(1024);
	bool is_good;

	if (r->inputs[0].source == NULL)
		return STATUS_INPUT;
	a.is_page = r->options->format != NULL && strcmp(r->options->format, "html") == 0;
	if (a.is_page && r->options->reflow) {
		run_refuse("--reflow makes text: not with --format html");
		return STATUS_USAGE;
	}
	if (source_stats(r->inputs[0].source)->kind != SOURCE_TEXT) {
		run_refuse("%.*s is a capture: `annotate` takes a log, `decode -v` a capture",
			   STR_ARG(r->names[0]));
		return STATUS_USAGE;
	}
	a.content = source_text_content(r->inputs[0].source);
	annotate_mark_choose(&a);
	if (secrecy_finds(a.content))
		run_warn_secrets(r);
	is_good = annotate_all(&a, &why);
	if (!is_good)
		run_refuse("%.*s: %s", STR_ARG(r->names[0]), why.at);
	text_free(&why);
	return is_good ? STATUS_DONE : STATUS_LIMIT;
}

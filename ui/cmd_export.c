#include <inttypes.h>
#include <stdlib.h>

#include "cmd_common.h"
#include "command.h"
#include "export.h"
#include "inputs.h"
#include "whole_file.h"

static enum exit_status run_export(struct run *r);

const struct command command_export = {
	.bit = COMMAND_EXPORT,
	.name = "export",
	.arguments = "[OPTIONS] -o FILE INPUT...",
	.about = "packets of chosen calls, or the messages of logs, rebuilt, as a pcapng file",
	.details =
		"Of captures the packets of the chosen calls (--call, --where), data and "
		"fragments included, with\ntheir times and interfaces; findings are packet "
		"comments. --inner: the PPP and IP packets inside.\n"
		"The messages of logs become packets: L2TP in UDP and IP with the addresses of the "
		"log, PPP that the\nLAC printed of its line on an interface of its own. Octets "
		"that no line tells are not invented; the\nlines are the packet's comment. -o -: "
		"to standard output.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS | WRITES_FILE | READS_AGAIN,
	.run = run_export,
};

/* A capture among the inputs that cannot be read for its packets, after its calls are known. */
static bool is_capture_piped(const struct run *r)
{
	for (size_t i = 0; i < r->n_inputs; i++)
		if (r->inputs[i].source != NULL && !inputs_is_file(r->inputs[i].path) &&
		    source_stats(r->inputs[i].source)->kind == SOURCE_CAPTURE)
			return true;
	return false;
}

static void export_all(struct export *x)
{
	struct run *r = x->run;

	for (size_t i = 0; i < r->n_inputs; i++)
		if (r->inputs[i].source != NULL &&
		    source_stats(r->inputs[i].source)->kind == SOURCE_CAPTURE)
			export_capture(x, i);
	for (size_t i = 0; !r->options->inner && i < r->report->n_steps; i++)
		if (run_shows_step(r, r->report->steps[i]))
			export_step(x, r->report->steps[i]);
}

static enum exit_status run_export(struct run *r)
{
	struct export x = {.run = r};
	struct text why_not = text_make(4096);
	struct whole_file file;

	if (r->options->output == NULL) {
		text_puts(&why_not, "`export` writes a file: -o FILE, or -o - for standard output");
		return common_refuse(&why_not, STATUS_USAGE);
	}
	if (is_capture_piped(r)) {
		text_puts(&why_not, "`export` reads captures twice: files, no pipes");
		return common_refuse(&why_not, STATUS_INPUT);
	}
	if (common_is_terminal(r, &why_not) ||
	    !whole_open(&file, r->options->output, r->options->force, &why_not))
		return common_refuse(&why_not, STATUS_USAGE);
	pcapng_start(&x.writer, file.out, "l2tpscope");
	export_all(&x);
	free(x.numbers);
	if (x.unwritten > 0)
		run_warn(r, "%" PRIu64 " messages are not written: too little is known of them",
			 x.unwritten);
	return common_finish(r, &file, &why_not);
}

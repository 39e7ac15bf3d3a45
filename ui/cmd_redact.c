#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd_common.h"
#include "command.h"
#include "held.h"
#include "inputs.h"
#include "redact_capture.h"
#include "redact_log.h"
#include "redact_secrets.h"
#include "whole_file.h"

static enum exit_status run_redact(struct run *r);
static void prepare_redact(struct run *r);

const struct command command_redact = {
	.bit = COMMAND_REDACT,
	.name = "redact",
	.arguments = "[OPTIONS] -o FILE INPUT...",
	.about = "captures and logs with identities and secrets replaced, safe to send away",
	.details =
		"Addresses, names, numbers, passwords, challenges and responses are replaced, the "
		"same ones by the\nsame ones in all inputs (--map FILE keeps the key for the next "
		"run); payload and what is not known is\nblank. Lengths, checksums and times stay "
		"right, and the analysis is the same. Addresses with a prefix in\ncommon have one "
		"afterwards, and private ones stay private; of stations' addresses the vendor "
		"goes, "
		"too.\n"
		"Tunnel and CHAP responses and digests of L2TPv3 are made anew where --secrets has "
		"the secret, and the\nsecrets file that proves them then is written to "
		"FILE.secrets; all other proofs and what is hidden\nbecome random octets. Packet "
		"comments and names of interfaces are left out, and frames of link types\nthat "
		"cannot be made safe.\n"
		"Of logs the layout stays, hex dumps too; a text of nothing but dumped packets "
		"becomes a capture. Lines\nthat nothing read are left out and counted. In free "
		"text and in messages for people plain words stay.\nSeveral inputs: -o is a "
		"directory.",
	.needs = WRITES_FILE,
	.prepare = prepare_redact,
	.run = run_redact,
};

/* What is to be done; a log is kept open from the first reading to the second. */
struct redaction {
	struct run *run;
	struct redact_map *map;
	struct redact_log **logs;
	struct redact_search *search; /* all that was met */
	struct redact_counts counts;
	bool is_unwritten; /* the output, or what stands beside it */
};

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* False, and what is wrong, unless all inputs can be read twice, and are of different names. */
static bool inputs_fit(struct run *r, struct text *why_not)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];

		if (in->source == NULL)
			continue;
		for (size_t k = 0; k < i; k++)
			if (strcmp(base_of(in->path), base_of(r->inputs[k].path)) == 0) {
				text_printf(why_not, "two inputs are called %s", base_of(in->path));
				return false;
			}
	}
	if (!inputs_are_files(r))
		text_puts(why_not, "`redact` reads its inputs twice: files, no pipes");
	return inputs_are_files(r);
}

/* Of several inputs the output is a directory. */
static void prepare_redact(struct run *r)
{
	const char *output = r->options->output;
	struct text inside = text_make(8192);
	struct text why = text_make(8192);

	if (r->n_inputs > 1 && output != NULL && strcmp(output, "-") != 0 && inputs_fit(r, &why) &&
	    (mkdir(output, 0777) == 0 || errno == EEXIST)) {
		text_printf(&inside, "%s/", output);
		(void)held_ready(inside.at, &why);
	}
	text_free(&inside);
	text_free(&why);
}

/* Where input `i` goes. */
static bool output_name(struct run *r, size_t i, struct text *ret, struct text *why_not)
{
	const char *output = r->options->output;
	struct stat st;

	text_clear(ret);
	text_puts(ret, output);
	if (r->n_inputs == 1)
		return true;
	if (stat(output, &st) != 0 || !S_ISDIR(st.st_mode)) {
		text_printf(why_not, "%s: of several inputs the output is a directory", output);
		return false;
	}
	text_printf(ret, "/%s", base_of(r->inputs[i].path));
	return true;
}

/* The first reading: all names that are there, for the words of messages and for free text. */
static bool meet(struct redaction *d, size_t i, struct text *why_not)
{
	struct run *r = d->run;
	bool ok;

	if (source_stats(r->inputs[i].source)->kind == SOURCE_TEXT) {
		d->logs[i] = redact_log_open(r, d->map, i);
		ok = d->logs[i] != NULL;
	} else {
		struct redact_counts ignored = {0};

		ok = redact_capture(r, d->map, i, NULL, &ignored);
	}
	if (!ok)
		text_printf(why_not, "%s cannot be read a second time", r->inputs[i].path);
	return ok && !r->is_interrupted;
}

static bool redact_one(struct redaction *d, size_t i, struct text *why_not)
{
	struct run *r = d->run;
	struct text name = text_make(8192);
	struct whole_file file;
	bool ok = output_name(r, i, &name, why_not) &&
		  whole_open(&file, text_str(&name).at, r->options->force, why_not);

	text_free(&name);
	if (!ok)
		return false;
	if (d->logs[i] != NULL)
		redact_log_write(d->logs[i], d->search, file.out, &d->counts);
	else
		ok = redact_capture(r, d->map, i, file.out, &d->counts);
	if (!ok || r->is_interrupted) {
		whole_drop(&file);
		text_printf(why_not, "%s cannot be read a second time", r->inputs[i].path);
		return false;
	}
	d->is_unwritten = !whole_close(&file, why_not);
	return !d->is_unwritten;
}

static void tell(struct redaction *d)
{
	if (d->counts.unwritten > 0)
		run_warn(d->run,
			 "%" PRIu64
			 " frames are not written: of link types that cannot be made safe",
			 d->counts.unwritten);
	if (d->counts.lines > 0)
		run_warn(d->run,
			 "%" PRIu64 " lines are left out: nothing read them (--keep-unread)",
			 d->counts.lines);
}

static bool redact_all(struct redaction *d, struct text *why_not)
{
	struct run *r = d->run;
	const char *path = r->options->map;

	if (path != NULL && access(path, F_OK) == 0 && !redact_map_read(d->map, path, why_not))
		return false;
	for (size_t i = 0; i < r->n_inputs; i++)
		if (r->inputs[i].source != NULL && !meet(d, i, why_not))
			return false;
	d->search = redact_search_new(d->map);
	for (size_t i = 0; i < r->n_inputs; i++)
		if (r->inputs[i].source != NULL && !redact_one(d, i, why_not))
			return false;
	tell(d);
	d->is_unwritten = !redact_secrets_write(r, d->map, why_not) ||
			  (path != NULL && !redact_map_write(d->map, path, why_not));
	return !d->is_unwritten;
}

static bool has_capture(const struct run *r)
{
	for (size_t i = 0; i < r->n_inputs; i++)
		if (r->inputs[i].source != NULL &&
		    source_stats(r->inputs[i].source)->kind == SOURCE_CAPTURE)
			return true;
	return false;
}

static void redaction_free(struct redaction *d)
{
	for (size_t i = 0; i < d->run->n_inputs; i++)
		redact_log_close(d->logs[i]);
	free(d->logs);
	redact_search_free(d->search);
	redact_map_free(d->map);
}

static enum exit_status run_redact(struct run *r)
{
	struct text why_not = text_make(8192);
	struct redaction d = {.run = r};
	bool ok;

	if (r->options->output == NULL) {
		text_puts(&why_not,
			  "`redact` writes a file: -o FILE, of several inputs -o DIRECTORY");
		return common_refuse(&why_not, STATUS_USAGE);
	}
	if (strcmp(r->options->output, "-") == 0 &&
	    (r->n_inputs > 1 || (isatty(STDOUT_FILENO) && has_capture(r)))) {
		text_puts(&why_not, "a capture is not written to a terminal, nor are two into one");
		return common_refuse(&why_not, STATUS_USAGE);
	}
	if (!inputs_fit(r, &why_not))
		return common_refuse(&why_not, STATUS_INPUT);
	d.map = redact_map_new();
	if (d.map == NULL) {
		text_puts(&why_not, "the system has no random octets");
		return common_refuse(&why_not, STATUS_INPUT);
	}
	d.logs = must_alloc(r->n_inputs + 1, sizeof(struct redact_log *));
	ok = redact_all(&d, &why_not);
	redaction_free(&d);
	if (r->is_interrupted) {
		text_free(&why_not);
		return STATUS_INTERRUPTED;
	}
	if (!ok)
		return common_refuse(&why_not, d.is_unwritten ? STATUS_LIMIT : STATUS_INPUT);
	text_free(&why_not);
	return STATUS_DONE;
}

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd_common.h"
#include "command.h"
#include "inputs.h"
#include "redact_capture.h"
#include "whole_file.h"

static enum exit_status run_redact(struct run *r);

const struct command command_redact = {
	.bit = COMMAND_REDACT,
	.name = "redact",
	.arguments = "[OPTIONS] -o FILE INPUT...",
	.about = "captures with identities and secrets replaced, safe to send to somebody else",
	.details =
		"Addresses, names, numbers, passwords, challenges and responses are replaced, the "
		"same ones by the\nsame ones in all inputs (--map FILE keeps the key for the next "
		"run); payload and what is not known is\nblank. Lengths, checksums and times stay "
		"right, and the analysis is the same. Of addresses the octets\nof a common prefix "
		"stay common, and private ones stay private.\n"
		"Tunnel and CHAP responses and digests of L2TPv3 are made anew where --secrets has "
		"the secret; all\nother proofs and what is hidden become random octets. Packet "
		"comments and names of interfaces are\nleft out, and frames of link types that "
		"cannot be made safe. Several inputs: -o is a directory.\n"
		"In messages for people what looks like a name is replaced, plain words stay. "
		"Logs are not redacted: they are refused.",
	.needs = WRITES_FILE,
	.run = run_redact,
};

static enum exit_status refuse(struct run *r, struct text *why_not, enum exit_status status)
{
	run_warn(r, "%s", why_not->at);
	text_free(why_not);
	return status;
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* False, and what is wrong, unless all inputs are captures that can be read twice, of different
 * names. */
static bool inputs_fit(struct run *r, struct text *why_not)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];
		const char *kind;

		if (in->source == NULL)
			continue;
		kind = source_stats(in->source)->kind_name;
		if (strcmp(kind, "pcap") != 0 && strcmp(kind, "pcapng") != 0) {
			text_printf(why_not, "%s is no capture: `redact` reads captures only",
				    in->path);
			return false;
		}
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

/* Where input `i` goes. */
static bool output_name(struct run *r, size_t i, struct text *ret, struct text *why_not)
{
	const char *output = r->options->output;
	struct stat st;

	text_clear(ret);
	text_puts(ret, output);
	if (r->n_inputs == 1)
		return true;
	if (mkdir(output, 0777) != 0 && (stat(output, &st) != 0 || !S_ISDIR(st.st_mode))) {
		text_printf(why_not, "%s: of several inputs the output is a directory", output);
		return false;
	}
	text_printf(ret, "/%s", base_of(r->inputs[i].path));
	return true;
}

static bool redact_one(struct run *r, struct redact_map *map, size_t i,
		       struct redact_counts *counts, struct text *why_not)
{
	struct text name = text_make(8192);
	struct whole_file file;
	bool ok = output_name(r, i, &name, why_not) &&
		  whole_open(&file, text_str(&name).at, r->options->force, why_not);

	text_free(&name);
	if (!ok)
		return false;
	if (!redact_capture(r, map, i, file.out, counts) || r->is_interrupted) {
		whole_drop(&file);
		text_printf(why_not, "%s cannot be read a second time", r->inputs[i].path);
		return false;
	}
	return whole_close(&file, why_not);
}

static bool redact_all(struct run *r, struct redact_map *map, struct text *why_not)
{
	struct redact_counts counts = {0};
	const char *path = r->options->map;

	if (path != NULL && access(path, F_OK) == 0 && !redact_map_read(map, path, why_not))
		return false;
	for (size_t i = 0; i < r->n_inputs; i++)
		if (r->inputs[i].source != NULL)
			(void)redact_capture(r, map, i, NULL, &counts);
	for (size_t i = 0; i < r->n_inputs; i++)
		if (r->inputs[i].source != NULL && !redact_one(r, map, i, &counts, why_not))
			return false;
	if (counts.unwritten > 0)
		run_warn(r,
			 "%" PRIu64
			 " frames are not written: of link types that cannot be made safe",
			 counts.unwritten);
	return path == NULL || redact_map_write(map, path, why_not);
}

static enum exit_status run_redact(struct run *r)
{
	struct text why_not = text_make(8192);
	struct redact_map *map;
	bool ok;

	if (r->options->output == NULL) {
		text_puts(&why_not,
			  "`redact` writes a file: -o FILE, of several inputs -o DIRECTORY");
		return refuse(r, &why_not, STATUS_USAGE);
	}
	if (strcmp(r->options->output, "-") == 0 && (r->n_inputs > 1 || isatty(STDOUT_FILENO))) {
		text_puts(&why_not, "a capture is not written to a terminal, nor are two into one");
		return refuse(r, &why_not, STATUS_USAGE);
	}
	if (!inputs_fit(r, &why_not))
		return refuse(r, &why_not, STATUS_INPUT);
	map = redact_map_new();
	if (map == NULL) {
		text_puts(&why_not, "no random octets: /dev/urandom cannot be read");
		return refuse(r, &why_not, STATUS_INPUT);
	}
	ok = redact_all(r, map, &why_not);
	redact_map_free(map);
	if (r->is_interrupted) {
		text_free(&why_not);
		return STATUS_INTERRUPTED;
	}
	if (!ok)
		return refuse(r, &why_not, STATUS_INPUT);
	text_free(&why_not);
	return STATUS_DONE;
}

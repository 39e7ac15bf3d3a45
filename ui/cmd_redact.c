#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd_common.h"
#include "command.h"
#include "held.h"
#include "inputs.h"
#include "redact_capture.h"
#include "redact_log.h"
#include "redact_secrets.h"
#include "same_file.h"
#include "unpack.h"
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
	enum exit_status status; /* of what could not be done */
};

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* What becomes of input `i` in a directory: a file of its name, not packed any more. */
static struct str name_of(const struct run *r, size_t i)
{
	return unpacked_name(str_of(base_of(r->inputs[i].path)));
}

static bool names_differ(const struct run *r, struct text *why_not)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		for (size_t k = 0; r->inputs[i].source != NULL && k < i; k++) {
			struct str name = name_of(r, i);

			if (!str_equal(name, name_of(r, k)))
				continue;
			text_printf(why_not, "%s and %s would both become %.*s", r->inputs[k].path,
				    r->inputs[i].path, STR_ARG(name));
			return false;
		}
	}
	return true;
}

static bool is_to_stdout(const struct run *r)
{
	return strcmp(r->options->output, "-") == 0;
}

/* Of several inputs the output is a directory. */
static void prepare_redact(struct run *r)
{
	const char *output = r->options->output;
	struct text inside = text_make(8192);
	struct text why = text_make(8192);

	if (r->n_inputs > 1 && output != NULL && !is_to_stdout(r) && names_differ(r, &why) &&
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
	text_printf(ret, "/%.*s", STR_ARG(name_of(r, i)));
	return true;
}

static bool is_same_folder(const char *a, size_t a_len, const char *b, size_t b_len)
{
	struct text at = text_make(8192);
	struct stat one = {0}, other = {0};
	bool are_there;

	text_add(&at, a_len > 0 ? (struct str){a, a_len} : STR("."));
	are_there = stat(at.at, &one) == 0;
	text_clear(&at);
	text_add(&at, b_len > 0 ? (struct str){b, b_len} : STR("."));
	are_there = stat(at.at, &other) == 0 && are_there;
	text_free(&at);
	return are_there && is_same_file(&one, &other);
}

/* One file, by whatever names, or one that will be. */
static bool is_one_file(const char *a, const char *b)
{
	const char *a_name = strrchr(a, '/'), *b_name = strrchr(b, '/');
	struct stat one, other;

	if (stat(a, &one) == 0 && stat(b, &other) == 0)
		return is_same_file(&one, &other);
	a_name = a_name == NULL ? a : a_name + 1;
	b_name = b_name == NULL ? b : b_name + 1;
	return strcmp(a_name, b_name) == 0 &&
	       is_same_folder(a, (size_t)(a_name - a), b, (size_t)(b_name - b));
}

/* The map has all that is to be kept from whoever gets the output. */
static bool may_write(const struct run *r, const char *path, struct text *why_not)
{
	const struct options *o = r->options;

	if (o->map != NULL && is_one_file(path, o->map)) {
		text_printf(why_not, "--map %s is an output, too: the map needs a file of its own",
			    o->map);
		return false;
	}
	return whole_may_open(path, o->force, why_not);
}

/* All that will be written, before anything is. */
static bool outputs_fit(struct run *r, struct text *why_not)
{
	const struct options *o = r->options;
	struct text name = text_make(8192);
	bool is_fine = names_differ(r, why_not);

	for (size_t i = 0; is_fine && i < r->n_inputs; i++)
		is_fine = r->inputs[i].source == NULL ||
			  (output_name(r, i, &name, why_not) && may_write(r, name.at, why_not));
	if (is_fine && o->secrets.n > 0 && !is_to_stdout(r)) {
		text_clear(&name);
		text_printf(&name, "%s.secrets", o->output);
		is_fine = may_write(r, name.at, why_not);
	}
	is_fine = is_fine && (o->map == NULL || whole_may_open(o->map, true, why_not));
	text_free(&name);
	return is_fine;
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
	d->status = ok ? STATUS_INPUT : STATUS_USAGE;
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
	d->status = STATUS_LIMIT;
	return whole_close(&file, why_not);
}

/* "3 lines are left out: nothing read them". */
static void tell_count(const struct run *r, uint64_t n, const char *noun, const char *what,
		       const char *why)
{
	struct text t;

	if (n == 0) /* the outputs are written: no memory is asked for in vain */
		return;
	t = text_make(256);
	common_count(&t, n, noun);
	text_printf(&t, " %s %s", n == 1 ? "is" : "are", what);
	run_warn(r, "%s: %s", t.at, why);
	text_free(&t);
}

static void tell(const struct redaction *d)
{
	tell_count(d->run, d->counts.unwritten, "frame", "not written",
		   "of link types that cannot be made safe");
	tell_count(d->run, d->counts.lines, "line", "left out",
		   "nothing read what stands there (--keep-unread)");
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
	d->status = STATUS_LIMIT;
	return redact_secrets_write(r, d->map, why_not) &&
	       (path == NULL || redact_map_write(d->map, path, why_not));
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
	struct redaction d = {.run = r, .status = STATUS_INPUT};
	bool ok;

	if (r->options->output == NULL) {
		text_puts(&why_not,
			  "`redact` writes a file: -o FILE, of several inputs -o DIRECTORY");
		return common_refuse(&why_not, STATUS_USAGE);
	}
	if (is_to_stdout(r) && r->n_inputs > 1) {
		text_puts(&why_not, "two inputs are not written into one");
		return common_refuse(&why_not, STATUS_USAGE);
	}
	if ((has_capture(r) && common_is_terminal(r, &why_not)) || !outputs_fit(r, &why_not))
		return common_refuse(&why_not, STATUS_USAGE);
	if (!inputs_are_files(r)) {
		text_puts(&why_not, "`redact` reads its inputs twice: files, no pipes");
		return common_refuse(&why_not, STATUS_INPUT);
	}
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
		return common_refuse(&why_not, d.status);
	text_free(&why_not);
	return STATUS_DONE;
}

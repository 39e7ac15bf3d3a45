#include "run_lock.h"

#include "held.h"
#include "picture.h"
#include "sandbox.h"
#include "stream.h"

static unsigned features_of(const struct run *r)
{
	const struct options *o = r->options;

	return (o->command->bit == COMMAND_UI ? (unsigned)WITH_SCREENS : 0) |
	       (o->bpf != NULL ? (unsigned)WITH_FILTER : 0) |
	       (o->jobs > 1 ? (unsigned)WITH_JOBS : 0);
}

static void allow_writing(struct sandbox *s, unsigned rights)
{
	size_t at = 0;
	int folder;

	while ((folder = held_next(&at)) >= 0)
		sandbox_allow_open(s, folder, rights);
	sandbox_allow(s, stream_temporary_folder(), SANDBOX_CREATE);
}

/* Where something that the command opens itself is written to. */
static bool outputs_ready(const struct options *o, struct text *why_not)
{
	const char *output = (o->command->needs & WRITES_FILE) != 0 ? o->output : NULL;

	if (o->command->bit == COMMAND_UI)
		return held_ready("./", why_not) || true; /* then nothing can be saved */
	return (output == NULL || strcmp(output, "-") == 0 || held_ready(output, why_not)) &&
	       (o->map == NULL || held_ready(o->map, why_not));
}

bool run_lock_opening(struct run *r)
{
	struct sandbox s = {.features = features_of(r)};
	struct text why = text_make(8192);
	bool is_ready;

	if (!r->options->is_locked)
		return true;
	is_ready = outputs_ready(r->options, &why);
	if (is_ready) {
		sandbox_allow(&s, "/", SANDBOX_READ);
		sandbox_allow(&s, "/dev/tty", SANDBOX_TERMINAL);
		allow_writing(&s, SANDBOX_CREATE | SANDBOX_FOLDERS);
		sandbox_lock(&s, SANDBOX_OPENING);
	} else {
		run_refuse("%s", why.at);
		run_raise(r, STATUS_USAGE);
	}
	text_free(&why);
	return is_ready;
}

/* A log that is followed may be another file of the same name one day. */
static void allow_folder_of(struct sandbox *s, const struct run *r, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str folder = slash == NULL ? STR(".") : str_range(path, slash + 1);

	sandbox_allow(s, arena_str(r->kept, folder).at, SANDBOX_READ);
}

/* All of them by name: some are read again. Members of a directory may be links out of it; what
 * parts say that their inputs are called is a stranger's word. */
static void allow_inputs(struct sandbox *s, const struct run *r)
{
	const struct options *o = r->options;

	for (size_t i = 0; i < o->n_inputs; i++) {
		sandbox_allow(s, o->inputs[i].path, SANDBOX_READ);
		if (o->follow)
			allow_folder_of(s, r, o->inputs[i].path);
	}
	for (size_t i = 0; i < r->n_inputs && !o->reduces; i++)
		sandbox_allow(s, r->inputs[i].path, SANDBOX_READ);
}

/* Names of hosts, ports and protocols in --bpf. */
static void allow_names(struct sandbox *s)
{
	static const char *const names[] = {"/etc/hosts",    "/etc/services",      "/etc/protocols",
					    "/etc/networks", "/etc/nsswitch.conf", "/etc/host.conf",
					    "/etc/gai.conf", "/etc/resolv.conf",   "/etc/ethers"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		sandbox_allow(s, names[i], SANDBOX_READ);
}

struct fonts {
	struct sandbox *sandbox;
	struct arena *kept;
};

static void allow_fonts(void *of, const char *folder)
{
	const struct fonts *f = of;

	sandbox_allow(f->sandbox, arena_str(f->kept, str_of(folder)).at, SANDBOX_READ);
}

void run_lock(struct run *r)
{
	const struct options *o = r->options;
	struct sandbox s = {.features = features_of(r)};

	if (!o->is_locked)
		return;
	allow_inputs(&s, r);
	if (r->beside != NULL)
		allow_inputs(&s, r->beside);
	if (o->map != NULL)
		sandbox_allow(&s, o->map, SANDBOX_READ);
	if (o->bpf != NULL)
		allow_names(&s);
	picture_fonts(allow_fonts, &(struct fonts){&s, r->kept});
	allow_writing(&s, SANDBOX_CREATE);
	held_seal();
	sandbox_lock(&s, SANDBOX_WORKING);
}

#include "sandbox.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arena.h"

enum { EVERYONE = 0, ALWAYS = 0, OPENING = SANDBOX_OPENING };

/* Of arguments that are 32 bits wide the other half says nothing. */
#define WORD        UINT64_C(0xffffffff)
/* What opens a file for more than reading. O_TMPFILE without the bit of O_DIRECTORY. */
#define TMPFILE_BIT UINT64_C(020000000)
#define OPEN_WRITES (UINT64_C(0) | O_ACCMODE | O_CREAT | O_TRUNC | TMPFILE_BIT)
#define CLONE_SPACES                                                                               \
	(UINT64_C(0) | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |               \
	 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_PTRACE)
/* The number of this process stands for it. */
#define SELF UINT64_MAX

struct call {
	int number;
	unsigned features, step;
	bool is_refused, has_condition;
	int error;
	unsigned argument;
	uint64_t mask, value;
};

/* clang-format off */
#define CALL(name, who, when, why) {.number = SCMP_SYS(name), .features = (who), .step = (when)},
#define CALL_IF(name, who, when, at, bits, is, why) \
	{.number = SCMP_SYS(name), .features = (who), .step = (when), .has_condition = true, \
	 .argument = (at), .mask = (bits), .value = (is)},
#define REFUSE(name, who, when, with, why) \
	{.number = SCMP_SYS(name), .features = (who), .step = (when), .is_refused = true, .error = (with)},
static const struct call calls[] = {
#include "sandbox_call.def"
};
#undef CALL
#undef CALL_IF
#undef REFUSE
/* clang-format on */

static void place_add(struct sandbox *s, struct sandbox_place p)
{
	if (s->n == s->room) {
		s->room = s->room == 0 ? 16 : s->room * 2;
		s->places = must_grow(s->places, s->room, sizeof(*s->places));
	}
	s->places[s->n++] = p;
}

void sandbox_allow(struct sandbox *s, const char *path, unsigned rights)
{
	place_add(s, (struct sandbox_place){.path = path, .rights = rights});
}

void sandbox_allow_open(struct sandbox *s, int folder, unsigned rights)
{
	place_add(s, (struct sandbox_place){.folder = folder, .rights = rights});
}

static void sandbox_free(struct sandbox *s)
{
	free(s->places);
	s->places = NULL;
	s->n = s->room = 0;
}

static bool is_for(const struct call *c, const struct sandbox *s, enum sandbox_step step)
{
	return (c->features == EVERYONE || (c->features & s->features) != 0) &&
	       (c->step == ALWAYS || c->step == step);
}

static bool call_add(scmp_filter_ctx filter, const struct call *c)
{
	uint32_t action =
		c->is_refused ? SCMP_ACT_ERRNO((uint32_t)c->error & 0xffff) : SCMP_ACT_ALLOW;
	struct scmp_arg_cmp condition = {
		.arg = c->argument,
		.op = SCMP_CMP_MASKED_EQ,
		.datum_a = c->mask,
		.datum_b = c->value == SELF ? (uint64_t)getpid() : c->value,
	};
	int error = seccomp_rule_add_array(filter, action, c->number, c->has_condition ? 1 : 0,
					   &condition);

	/* of two rows for one call the wider one holds; a call that this machine has not has no
	 * number */
	return error == 0 || error == -EEXIST || error == -EDOM;
}

/* Whether the kernel knows the action, and filters at all. */
static bool kernel_has(uint32_t action)
{
	return syscall(SYS_seccomp, 2 /* SECCOMP_GET_ACTION_AVAIL */, 0, &action) == 0;
}

static void calls_lock(const struct sandbox *s, enum sandbox_step step)
{
	uint32_t otherwise =
		kernel_has(SCMP_ACT_KILL_PROCESS) ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_KILL_THREAD;
	scmp_filter_ctx filter = seccomp_init(otherwise);
	bool is_whole = filter != NULL;

	if (!is_whole)
		return;
	seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, otherwise);
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	/* nothing of others is in this process: it need not run slower for it */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (size_t i = 0; is_whole && i < sizeof(calls) / sizeof(calls[0]); i++)
		is_whole = !is_for(&calls[i], s, step) || call_add(filter, &calls[i]);
	if (is_whole)
		(void)seccomp_load(filter);
	seccomp_release(filter);
}

void sandbox_lock(struct sandbox *s, enum sandbox_step step)
{
	if (L2TPSCOPE_SANDBOX) {
		places_lock(s);
		calls_lock(s, step);
	}
	sandbox_free(s);
}

void sandbox_print(struct text *t)
{
	const struct scmp_version *v = seccomp_version();

	if (!L2TPSCOPE_SANDBOX) {
		text_puts(t, "off: this build is for looking into it");
		return;
	}
	if (!kernel_has(SCMP_ACT_KILL_PROCESS))
		text_puts(t, "no seccomp");
	else
		text_printf(t, "seccomp (libseccomp %u.%u.%u)", v->major, v->minor, v->micro);
	if (places_edition() == 0)
		text_puts(t, ", no Landlock");
	else
		text_printf(t, ", Landlock %u", places_edition());
}

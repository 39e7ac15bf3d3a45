/* Runs a program whose reads and writes do less than they are asked, or fail.
 *
 * usage: syscalls [--count FILE] RULE... -- PROGRAM ARG...
 *
 * RULE is CALL:FAULT:N:PART. CALL is read or write; of files whose path (/proc/PID/fd) holds PART.
 *   short    moves a few octets at once (N is not used)
 *   EINTR    every other call fails so
 *   EIO, ENOSPC  at octet N of the file, or of what came through the pipe, every call fails so
 * FILE gets the number of calls that were meddled with. The exit status is the program's, 128 + S
 * when signal S ended it, 77 where this machine does not let one do it.
 *
 * A call that is to fail asks for nothing instead, and its result is replaced: whatever watches the
 * calls of the program (seccomp) sees one that it may make. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __x86_64__

enum { RULES = 4, TASKS = 64, SKIP = 77 };

struct rule {
	bool is_write, is_short, is_every_other;
	int error;
	unsigned long octet, calls, moved;
	const char *part;
};

static struct rule rules[RULES];
static size_t n_rules;
static unsigned long meddled;

/* The call that a thread is in. */
struct call {
	pid_t task;
	int error;         /* what it shall return; 0: what it does return */
	struct rule *rule; /* which it falls under, or NULL */
};

static struct call calls[TASKS];

static struct call *call_of(pid_t task)
{
	for (size_t i = 0; i < TASKS; i++) {
		if (calls[i].task == task || calls[i].task == 0) {
			calls[i].task = task;
			return &calls[i];
		}
	}
	fputs("syscalls: too many threads\n", stderr);
	exit(2);
}

static bool rule_read(char *word)
{
	static const struct {
		const char *name;
		int error;
	} errors[] = {{"EINTR", EINTR}, {"EIO", EIO}, {"ENOSPC", ENOSPC}};
	struct rule *r = &rules[n_rules];
	char *call = strsep(&word, ":"), *fault = strsep(&word, ":"), *number = strsep(&word, ":");

	if (n_rules == RULES || !number || !word)
		return false;
	*r = (struct rule){.is_write = strcmp(call, "write") == 0,
			   .is_short = strcmp(fault, "short") == 0,
			   .octet = strtoul(number, NULL, 10),
			   .part = word};
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(fault, errors[i].name) == 0)
			r->error = errors[i].error;
	r->is_every_other = r->error == EINTR;
	n_rules++;
	return r->is_short || r->error;
}

static bool is_of(const struct rule *r, pid_t task, unsigned long fd)
{
	char link[64], path[4096];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/fd/%lu", (int)task, fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	return strstr(path, r->part) != NULL;
}

/* Of a pipe nobody keeps it but we. */
static unsigned long octet_of(const struct rule *r, pid_t task, unsigned long fd)
{
	char path[64];
	unsigned long at = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%lu", (int)task, fd);
	f = strncmp(r->part, "pipe:", 5) == 0 ? NULL : fopen(path, "r");
	if (!f)
		return r->moved;
	if (fscanf(f, "pos: %lu", &at) != 1)
		at = 0;
	fclose(f);
	return at;
}

static void enter(pid_t task)
{
	static const unsigned long sizes[] = {1, 2, 3, 5, 7, 11, 13, 1000};
	struct user_regs_struct regs;
	struct rule *r = rules;
	struct call *call = call_of(task);
	unsigned long at;

	ptrace(PTRACE_GETREGS, task, NULL, &regs);
	call->error = 0;
	call->rule = NULL;
	if (regs.orig_rax != SYS_read && regs.orig_rax != SYS_write)
		return;
	while (r < rules + n_rules &&
	       (r->is_write != (regs.orig_rax == SYS_write) || !is_of(r, task, regs.rdi)))
		r++;
	if (r == rules + n_rules || regs.rdx == 0)
		return;
	call->rule = r;
	at = octet_of(r, task, regs.rdi);
	if (r->is_short) {
		unsigned long size = sizes[r->calls++ % (sizeof(sizes) / sizeof(sizes[0]))];

		if (regs.rdx <= size)
			return;
		regs.rdx = size;
	} else if (r->is_every_other ? r->calls++ % 2 == 0 : at >= r->octet) {
		regs.rdx = 0;
		call->error = r->error;
	} else if (!r->is_every_other && at + regs.rdx > r->octet) {
		regs.rdx = r->octet - at;
	} else {
		return;
	}
	meddled++;
	ptrace(PTRACE_SETREGS, task, NULL, &regs);
}

static void leave(pid_t task)
{
	struct user_regs_struct regs;
	struct call *call = call_of(task);

	if (!call->rule)
		return;
	ptrace(PTRACE_GETREGS, task, NULL, &regs);
	if (call->error) {
		regs.rax = (unsigned long)-(long)call->error;
		ptrace(PTRACE_SETREGS, task, NULL, &regs);
	} else if ((long)regs.rax > 0) {
		call->rule->moved += regs.rax;
	}
	call->rule = NULL;
}

static void syscall_stop(pid_t task)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, task, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		enter(task);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		leave(task);
}

/* Until the first of them, `program`, has ended. */
static int watch(pid_t program)
{
	int status;

	for (;;) {
		pid_t task = waitpid(-1, &status, __WALL);
		int number = 0;

		if (task < 0)
			return 2;
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			if (task != program)
				continue;
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			syscall_stop(task);
		else if (WSTOPSIG(status) != SIGTRAP && WSTOPSIG(status) != SIGSTOP)
			number = WSTOPSIG(status);
		ptrace(PTRACE_SYSCALL, task, NULL, (void *)(intptr_t)number);
	}
}

static int run(char **program)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* which would trace it, too */
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(SKIP);
		raise(SIGSTOP);
		execv(program[0], program);
		_exit(2);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL,
		   (void *)(intptr_t)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL |
				      PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
				      PTRACE_O_TRACEVFORK)) != 0) {
		fputs("syscalls: no program can be traced here\n", stderr);
		return SKIP;
	}
	ptrace(PTRACE_SYSCALL, child, NULL, NULL);
	return watch(child);
}

int main(int argc, char **argv)
{
	const char *count = NULL;
	int i = 1, status;

	if (argc > 2 && strcmp(argv[1], "--count") == 0) {
		count = argv[2];
		i = 3;
	}
	while (i < argc && strcmp(argv[i], "--") != 0) {
		if (!rule_read(argv[i++])) {
			fputs("usage: syscalls [--count FILE] CALL:FAULT:N:PART... -- PROGRAM "
			      "ARG...\n",
			      stderr);
			return 2;
		}
	}
	if (i + 1 >= argc)
		return 2;
	status = run(argv + i + 1);
	if (count) {
		FILE *f = fopen(count, "w");

		if (!f || fprintf(f, "%lu\n", meddled) < 0 || fclose(f) != 0)
			return 2;
	}
	return status;
}

#else

int main(void)
{
	fputs("syscalls: only for x86-64\n", stderr);
	return 77;
}

#endif

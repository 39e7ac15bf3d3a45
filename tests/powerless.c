/* What happens to who tries more than least power leaves (ui/sandbox.h): enters it as a run does,
 * and tries. usage: powerless ATTEMPT FILE; FILE may be read and lies in the folder that new files
 * may be made in. Exit status 0: it could be done; 1: it was refused; a call that is in no row does
 * not come back.
 *
 * usage: powerless --without landlock|seccomp|both PROGRAM ARGUMENT...: runs it as an older kernel
 * would. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "held.h"
#include "sandbox.h"

static const char *file;

static bool does_exec(void)
{
	return execl("/bin/true", "true", (char *)NULL) == 0;
}

static bool does_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool does_unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool does_connect(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = 9};

	return connect(STDIN_FILENO, (struct sockaddr *)&to, sizeof(to)) == 0;
}

static bool does_fork(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child > 0;
}

static bool does_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool does_kill(void)
{
	return kill(getppid(), 0) == 0;
}

static bool does_run_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0) != MAP_FAILED;
}

static bool does_make_runnable(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(at, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool does_type(void)
{
	return ioctl(STDIN_FILENO, TIOCSTI, "x") == 0;
}

static bool does_overwrite(void)
{
	return open(file, O_WRONLY) >= 0;
}

static bool does_read(void)
{
	return open(file, O_RDONLY) >= 0;
}

static bool does_read_elsewhere(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool makes(const char *path)
{
	int made = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	return made >= 0 && unlink(path) == 0;
}

static bool does_make(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s.new", file);
	return makes(path);
}

static bool does_make_elsewhere(void)
{
	return makes("/var/tmp/l2tpscope-powerless");
}

static bool does_save(void)
{
	struct text why = text_make(4096);
	const char *name;
	bool is_held = held_folder(file, &name, &why) >= 0;

	text_free(&why);
	return is_held;
}

static bool does_save_elsewhere(void)
{
	struct text why = text_make(4096);
	const char *name;
	bool is_held = held_folder("/var/tmp/x", &name, &why) >= 0;

	text_free(&why);
	return is_held;
}

static void *try_in_thread(void *attempt)
{
	(void)does_socket();
	return attempt;
}

/* One that was there before is restricted, too. */
static int gate[2];

static void *wait_and_try(void *unused)
{
	char c;

	(void)unused;
	if (read(gate[0], &c, 1) == 1)
		(void)does_socket();
	return NULL;
}

static pthread_t early;

static bool does_earlier_thread(void)
{
	return write(gate[1], "x", 1) == 1 && pthread_join(early, NULL) == 0;
}

static bool does_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, try_in_thread, NULL) == 0 &&
	       pthread_join(thread, NULL) == 0;
}

static const struct attempt {
	const char *name;
	bool (*does)(void);
	unsigned features; /* of a run that has them (sandbox.h) */
} attempts[] = {
	{"exec", does_exec, 0},
	{"socket", does_socket, 0},
	{"unix-socket", does_unix_socket, 0},
	{"connect", does_connect, 0},
	{"fork", does_fork, 0},
	{"fork-with-jobs", does_fork, WITH_JOBS},
	{"kill-with-jobs", does_kill, WITH_JOBS},
	{"ptrace", does_ptrace, 0},
	{"kill", does_kill, 0},
	{"run-memory", does_run_memory, 0},
	{"make-runnable", does_make_runnable, 0},
	{"type", does_type, 0},
	{"overwrite", does_overwrite, 0},
	{"read", does_read, 0},
	{"read-elsewhere", does_read_elsewhere, 0},
	{"make", does_make, 0},
	{"make-elsewhere", does_make_elsewhere, 0},
	{"save", does_save, 0},
	{"save-elsewhere", does_save_elsewhere, 0},
	{"socket-of-thread", does_thread, 0},
	{"socket-of-earlier-thread", does_earlier_thread, 0},
};

static void enter(unsigned features)
{
	struct sandbox s = {.features = features};
	struct text why = text_make(4096);
	size_t at = 0;

	(void)held_ready(file, &why);
	text_free(&why);
	sandbox_allow(&s, "/", SANDBOX_READ);
	sandbox_allow_open(&s, held_next(&at), SANDBOX_CREATE);
	sandbox_lock(&s, SANDBOX_OPENING);
	at = 0;
	sandbox_allow(&s, file, SANDBOX_READ);
	sandbox_allow_open(&s, held_next(&at), SANDBOX_CREATE);
	held_seal();
	sandbox_lock(&s, SANDBOX_WORKING);
}

static int run_without(const char *what, char **program)
{
	const uint32_t unknown = SCMP_ACT_ERRNO(ENOSYS), wrong = SCMP_ACT_ERRNO(EINVAL);
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool is_set = filter != NULL;

	if (strcmp(what, "seccomp") != 0)
		is_set = is_set && seccomp_rule_add(filter, unknown,
						    SCMP_SYS(landlock_create_ruleset), 0) == 0;
	if (strcmp(what, "landlock") != 0)
		is_set = is_set && seccomp_rule_add(filter, unknown, SCMP_SYS(seccomp), 0) == 0 &&
			 seccomp_rule_add(filter, wrong, SCMP_SYS(prctl), 1,
					  SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP)) == 0;
	if (!is_set || seccomp_load(filter) != 0)
		return 2;
	execv(program[0], program);
	return 2;
}

int main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "--without") == 0)
		return run_without(argv[2], argv + 3);
	if (argc == 2 && strcmp(argv[1], "--is-off") == 0) {
		struct text t = text_make(256);
		bool is_on;

		sandbox_print(&t);
		is_on = strncmp(t.at, "seccomp", 7) == 0 && strstr(t.at, "no Landlock") == NULL;
		printf("%s\n", t.at);
		text_free(&t);
		return is_on;
	}
	for (size_t i = 0; argc == 3 && i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		if (strcmp(argv[1], attempts[i].name) != 0)
			continue;
		file = argv[2];
		if (pipe(gate) != 0 || pthread_create(&early, NULL, wait_and_try, NULL) != 0)
			return 2;
		enter(attempts[i].features);
		return attempts[i].does() ? 0 : 1;
	}
	fprintf(stderr, "usage: powerless ATTEMPT FILE\n");
	return 2;
}

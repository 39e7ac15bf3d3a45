#include "jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "digest.h"
#include "inputs.h"
#include "jobs_work.h"
#include "limits.h"
#include "part_file.h"

enum {
	TEXT_ROOM = 4096,
	FILES_SHARE = 16, /* of those that may be open, the rest are others' */
	LOOK_MS = 500,    /* was it interrupted just before it began to wait? */
};

struct jobs {
	struct run *run;
	struct job *at;
	size_t n, room;
	struct jobs_shared *shared; /* NULL: there are no processes */
	struct worker {
		pid_t process;
		int news; /* an octet for each block; its end when the process ends */
		int status;
		bool has_ended;
	} workers[LIMIT_JOBS];
	size_t n_workers;
	int start; /* its end: they may begin */
};

/* ---- before least power ---- */

static void job_close(struct job *k)
{
	if (k->from >= 0)
		close(k->from);
	if (k->to >= 0)
		close(k->to);
	k->from = k->to = -1;
	free(k->block);
	k->block = NULL;
}

/* Each input is an open file already. */
static rlim_t most_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 0;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_max;
}

void jobs_note(struct run *r, struct input *in, const struct stream *s)
{
	struct jobs *j = r->jobs;
	size_t input = (size_t)(in - r->inputs);
	int file;

	if (j != NULL && j->n > 0 && j->at[j->n - 1].input == input)
		job_close(&j->at[--j->n]); /* that one was skipped */
	/* standard input that is given twice has one place where it is read */
	if (r->options->jobs < 2 || r->is_second_look || s->is_live || s->file == NULL ||
	    strcmp(in->path, "-") == 0)
		return;
	file = fcntl(fileno(s->file), F_DUPFD_CLOEXEC, 0);
	if (file < 0 || (rlim_t)file >= most_files() / FILES_SHARE) {
		if (file >= 0)
			close(file);
		return;
	}
	if (j == NULL) {
		j = r->jobs = must_alloc(1, sizeof(*j));
		*j = (struct jobs){.run = r, .start = -1};
	}
	if (j->n == j->room) {
		j->room = j->room ? 2 * j->room : 16;
		j->at = must_grow(j->at, j->room, sizeof(*j->at));
	}
	j->at[j->n++] = (struct job){.input = input,
				     .from = file,
				     .to = -1,
				     .is_cut = s->is_cut,
				     .is_limited = s->is_limited,
				     .damage = arena_str(r->kept, text_str(&s->damage))};
}

/* A capture of which the rest is worth a process. */
static bool is_fit(const struct run *r, const struct job *k)
{
	const struct source *s = k->input < r->n_inputs ? r->inputs[k->input].source : NULL;

	return s && source_stats(s)->kind == SOURCE_CAPTURE && source_size(s) > 0;
}

static bool file_make(struct job *k)
{
	struct text why_not = text_make(TEXT_ROOM);
	struct stream s;

	if (stream_temporary(&s, &why_not)) {
		k->to = fcntl(fileno(s.file), F_DUPFD_CLOEXEC, 0);
		stream_close(&s);
	}
	text_free(&why_not); /* then it is read here */
	return k->to >= 0;
}

/* Those that stay, in the order of the inputs. */
static void choose(struct jobs *j)
{
	uint64_t octets = 0;
	size_t n = 0;

	for (size_t i = 0; i < j->n; i++) {
		struct job *k = &j->at[i];

		if (!is_fit(j->run, k) || !file_make(k)) {
			job_close(k);
			continue;
		}
		octets += source_size(j->run->inputs[k->input].source);
		j->at[n++] = *k;
	}
	for (j->n = n; j->n > 0 && octets < JOBS_WORTH; j->n--)
		job_close(&j->at[j->n - 1]);
}

static bool share(struct jobs *j)
{
	size_t size = sizeof(*j->shared) + j->n * sizeof(j->shared->at[0]);
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return false;
	j->shared = at;
	for (size_t i = 0; i < j->n; i++)
		j->at[i].shared = &j->shared->at[i];
	return true;
}

static bool worker_add(struct jobs *j, int begin)
{
	struct worker *w = &j->workers[j->n_workers];
	pid_t parent = getpid();
	int ends[2];

	if (pipe(ends) != 0)
		return false;
	w->process = fork();
	if (w->process == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		close(j->start);
		if (getppid() == parent)
			jobs_work(j->run, j->at, j->n, j->shared, (int)j->n_workers, begin,
				  ends[1]);
		_exit(STATUS_DONE);
	}
	close(ends[1]);
	if (w->process < 0) {
		close(ends[0]);
		return false;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	w->news = ends[0];
	j->n_workers++;
	return true;
}

void jobs_fork(struct run *r)
{
	struct jobs *j = r->jobs;
	uint64_t wanted = r->options->jobs;
	int ends[2];

	if (j == NULL || r->n_inputs < 2)
		return;
	choose(j);
	if (j->n == 0 || !share(j) || pipe(ends) != 0)
		return;
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	j->start = ends[1];
	while (j->n_workers < wanted && j->n_workers < j->n && worker_add(j, ends[0]))
		continue;
	close(ends[0]);
}

/* ---- what comes ---- */

static void worker_end(struct worker *w)
{
	while (waitpid(w->process, &w->status, 0) < 0 && errno == EINTR)
		continue;
	close(w->news);
	w->has_ended = true;
}

/* Until a process has something new, or is no more. */
static void wait_for_news(struct jobs *j)
{
	struct pollfd polled[LIMIT_JOBS];
	char octets[TEXT_ROOM];
	nfds_t n = 0;

	for (size_t i = 0; i < j->n_workers; i++)
		polled[n++] = (struct pollfd){
			.fd = j->workers[i].has_ended ? -1 : j->workers[i].news, .events = POLLIN};
	if (poll(polled, n, LOOK_MS) <= 0)
		return;
	for (size_t i = 0; i < j->n_workers; i++) {
		ssize_t got = polled[i].revents ? read(polled[i].fd, octets, sizeof(octets)) : -1;

		if (got == 0)
			worker_end(&j->workers[i]);
	}
}

/* Nobody makes more of it. */
static bool is_lost(const struct jobs *j, const struct job *k, const struct worker **ret)
{
	int taken_by = atomic_load(&k->shared->taken_by) - 1;

	*ret = &j->workers[taken_by < 0 ? 0 : taken_by];
	if (taken_by >= 0)
		return (*ret)->has_ended;
	for (size_t i = 0; i < j->n_workers; i++)
		if (!j->workers[i].has_ended)
			return false;
	return true;
}

static const char *words(struct str why)
{
	return why.len > 0 ? why.at : "why is not known, as memory is full";
}

static const char *why_lost(const struct job *k, const struct worker *w)
{
	bool is_killed = WIFSIGNALED(w->status);

	return words(arena_printf(
		k->jobs->run->kept, "the process of --jobs that read it ended%s%s",
		is_killed ? ": " : "", is_killed ? strsignal(WTERMSIG(w->status)) : ""));
}

static const char *why_full(const struct job *k, int error)
{
	return words(arena_printf(k->jobs->run->kept,
				  "no room for what --jobs makes of it (TMPDIR): %s",
				  strerror(error)));
}

static bool block_take(struct job *k, struct span *ret)
{
	uint32_t len = 0;

	if (pread(k->to, &len, sizeof(len), (off_t)k->taken) != (ssize_t)sizeof(len) ||
	    len > JOBS_BLOCK)
		return false;
	if (k->block == NULL)
		k->block = must_alloc(JOBS_BLOCK, 1);
	if (pread(k->to, k->block, len, (off_t)(k->taken + sizeof(len))) != (ssize_t)len)
		return false;
	k->taken += sizeof(len) + len;
	*ret = span_of(k->block, len);
	return true;
}

static bool about_take(struct job *k)
{
	struct span s;
	struct bytes b;

	if (!block_take(k, &s))
		return false;
	b = bytes_of(s);
	return part_about_take(&b, k->jobs->run->kept, &k->about);
}

/* digest_blocks.next: its records, up to what was known at the end. */
static bool next(void *job, struct span *ret, const char **ret_why)
{
	struct job *k = job;
	const struct worker *w;

	for (;;) {
		/* in this order: behind the last state nothing more is made */
		int state = atomic_load(&k->shared->state);
		uint64_t made = atomic_load(&k->shared->made);

		if (k->taken < made) {
			if (block_take(k, ret))
				return true;
			*ret_why = "its temporary file cannot be read";
			return false;
		}
		if (state == JOB_FULL) {
			*ret_why = why_full(k, atomic_load(&k->shared->error));
			return false;
		}
		if (state == JOB_DONE) {
			*ret_why = about_take(k) ? "" : "its temporary file cannot be read";
			return false;
		}
		if (run_is_interrupted(k->jobs->run)) {
			k->about.kind_name = NULL; /* not known: it was not read to the end */
			return false;
		}
		if (is_lost(k->jobs, k, &w)) {
			*ret_why = why_lost(k, w);
			return false;
		}
		wait_for_news(k->jobs);
	}
}

/* Its file stays: it may be read again. */
static void leave(void *job)
{
	struct job *k = job;

	free(k->block);
	k->block = NULL;
	k->taken = 0;
}

/* ---- the beginning ---- */

/* Where its first event is in time is seen here: else all would wait for the first of the last. */
static void job_begin(struct jobs *j, struct job *k)
{
	struct run *r = j->run;
	struct input *in = &r->inputs[k->input];
	struct source_options so = inputs_source_options(r, in);
	struct digest_blocks blocks = {k, next, leave};
	const struct vantage *v = NULL;
	uint16_t vantage;

	if (!is_fit(r, k) || k->to < 0)
		return;
	k->jobs = j;
	if (source_vantages(in->source, &v) != 1 || !inputs_preview(in)) {
		atomic_store(&k->shared->taken_by, -1);
		job_close(k);
		return;
	}
	vantage = v->number;
	so.vantages = &vantage;
	so.as = source_stats(in->source)->kind_name;
	k->about = *source_stats(in->source);
	in->size = source_size(in->source);
	source_close(in->source);
	in->source = digest_open(&blocks, &k->about, in->path, &so);
}

void jobs_start(struct run *r)
{
	struct jobs *j = r->jobs;

	if (j == NULL || j->n_workers == 0)
		return;
	for (size_t i = 0; i < j->n; i++)
		job_begin(j, &j->at[i]);
	if (j->start >= 0)
		close(j->start);
	j->start = -1;
}

void jobs_free(struct jobs *j)
{
	if (j == NULL)
		return;
	if (j->shared != NULL)
		atomic_store(&j->shared->is_over, true);
	if (j->start >= 0)
		close(j->start);
	for (size_t i = 0; i < j->n_workers; i++)
		if (!j->workers[i].has_ended)
			worker_end(&j->workers[i]);
	for (size_t i = 0; i < j->n; i++)
		job_close(&j->at[i]);
	if (j->shared != NULL)
		munmap(j->shared, sizeof(*j->shared) + j->n * sizeof(j->shared->at[0]));
	free(j->at);
	free(j);
}

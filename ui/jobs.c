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

#include "divided.h"
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
	struct jobs_plan plan; /* its files are those that are noted, first */
	size_t room;
	struct worker {
		pid_t process;
		int made; /* a file */
		int news; /* an octet for each block; its end when the process ends */
		int status;
		bool has_ended;
	} workers[LIMIT_JOBS];
	size_t n_workers;
	int start; /* its end: they may begin */
};

/* ---- before least power ---- */

static void file_close(struct job_file *f)
{
	if (f->from >= 0)
		close(f->from);
	f->from = -1;
	free(f->block);
	f->block = NULL;
	f->block_room = 0;
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
	struct jobs_plan *p = j != NULL ? &j->plan : NULL;
	size_t input = (size_t)(in - r->inputs);
	int file;

	if (p != NULL && p->n_files > 0 && p->files[p->n_files - 1].input == input)
		file_close(&p->files[--p->n_files]); /* that one was skipped */
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
		*j = (struct jobs){.plan = {.run = r}, .start = -1};
		p = &j->plan;
	}
	if (p->n_files == j->room) {
		j->room = j->room ? 2 * j->room : 16;
		p->files = must_grow(p->files, j->room, sizeof(*p->files));
	}
	p->files[p->n_files++] =
		(struct job_file){.jobs = j,
				  .input = input,
				  .from = file,
				  .is_cut = s->is_cut,
				  .is_limited = s->is_limited,
				  .damage = arena_str(r->kept, text_str(&s->damage))};
}

static struct source *source_of(const struct run *r, const struct job_file *f)
{
	return f->input < r->n_inputs ? r->inputs[f->input].source : NULL;
}

/* A capture of which the rest is worth a process. */
static bool is_fit(const struct run *r, const struct job_file *f)
{
	const struct source *s = source_of(r, f);

	return s && source_stats(s)->kind == SOURCE_CAPTURE && source_size(s) > 0;
}

/* Octets: a capture above that is large. */
static double large(const struct jobs_plan *p)
{
	return threshold(&p->run->thresholds, THRESHOLD_DIVIDE) * (1 << 20);
}

/* Those that stay, in the order of the inputs. */
static void choose(struct jobs_plan *p)
{
	double least = large(p) < JOBS_WORTH ? large(p) : JOBS_WORTH;
	uint64_t octets = 0;
	size_t n = 0;

	for (size_t i = 0; i < p->n_files; i++) {
		struct job_file *f = &p->files[i];

		if (!is_fit(p->run, f)) {
			file_close(f);
			continue;
		}
		octets += source_size(source_of(p->run, f));
		p->files[n++] = *f;
	}
	for (p->n_files = n; p->n_files > 0 && (double)octets < least; p->n_files--)
		file_close(&p->files[p->n_files - 1]);
}

/* ---- ranges ---- */

/* Where there are processes enough, a large capture is several jobs: how many octets one takes. */
static uint64_t range_of(const struct jobs_plan *p, const struct job_file *f)
{
	enum { PARTS = 4, LEAST = 4096 };
	struct source *s = source_of(p->run, f);
	uint64_t size = source_size(s), range;

	if (p->n_files >= p->run->options->jobs || (double)size <= large(p) || !divided_capture(s))
		return 0;
	range = (uint64_t)large(p) / PARTS;
	range = range > size / LIMIT_RANGES ? range : size / LIMIT_RANGES + 1;
	return range > LEAST ? range : LEAST;
}

static void ranges_plan(struct jobs_plan *p)
{
	p->n = 0;
	for (size_t i = 0; i < p->n_files; i++) {
		struct job_file *f = &p->files[i];

		f->range = range_of(p, f);
		f->first = p->n;
		f->n = f->range > 0 ? (source_size(source_of(p->run, f)) - 1) / f->range + 1 : 1;
		p->n += f->n;
	}
}

/* Of each file the first one, then of each the second: nobody knows which are read at once. */
static void order_make(struct jobs_plan *p)
{
	size_t n = 0;

	p->order = must_alloc(p->n + 1, sizeof(*p->order));
	for (size_t i = 0; n < p->n; i++)
		for (size_t k = 0; k < p->n_files; k++)
			if (i < p->files[k].n)
				p->order[n++] = p->files[k].first + i;
}

static void jobs_make(struct jobs_plan *p)
{
	p->at = must_alloc(p->n + 1, sizeof(*p->at));
	for (size_t i = 0; i < p->n_files; i++) {
		struct job_file *f = &p->files[i];

		for (size_t k = 0; k < f->n; k++)
			p->at[f->first + k] =
				(struct job){.file = f,
					     .shared = &p->shared->at[f->first + k],
					     .from = k * f->range,
					     .to = k + 1 < f->n ? (k + 1) * f->range : UINT64_MAX};
		/* while others begin, the first process reads something, too */
		if (f->range > 0)
			atomic_store(&p->at[f->first].shared->taken_by, -1);
	}
}

static size_t shared_size(const struct jobs_plan *p)
{
	return sizeof(*p->shared) + p->n * sizeof(p->shared->at[0]);
}

/* False: there is nothing to be shared out. */
static bool plan_make(struct jobs_plan *p)
{
	void *at;

	choose(p);
	ranges_plan(p);
	if (p->n == 0 || (p->run->n_inputs < 2 && p->files[0].range == 0))
		return false;
	at = mmap(NULL, shared_size(p), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return false;
	p->shared = at;
	order_make(p);
	jobs_make(p);
	return true;
}

/* ---- processes ---- */

static int file_make(void)
{
	struct text why_not = text_make(TEXT_ROOM);
	struct stream s;
	int file = -1;

	if (stream_temporary(&s, &why_not)) {
		file = fcntl(fileno(s.file), F_DUPFD_CLOEXEC, 0);
		stream_close(&s);
	}
	text_free(&why_not); /* then all is read here */
	return file;
}

static void work(struct jobs *j, int begin, const struct worker *w, int news)
{
	close(w->news);
	close(j->start);
	jobs_work(&j->plan, (int)j->n_workers, begin, w->made, news);
}

static bool worker_add(struct jobs *j, int begin)
{
	struct worker *w = &j->workers[j->n_workers];
	pid_t parent = getpid();
	int ends[2];

	w->made = file_make();
	if (w->made < 0 || pipe(ends) != 0) {
		if (w->made >= 0)
			close(w->made);
		return false;
	}
	w->news = ends[0];
	w->process = fork();
	if (w->process == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			work(j, begin, w, ends[1]);
		_exit(STATUS_DONE);
	}
	close(ends[1]);
	if (w->process < 0) {
		close(ends[0]);
		close(w->made);
		return false;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	j->n_workers++;
	return true;
}

void jobs_fork(struct run *r)
{
	struct jobs *j = r->jobs;
	uint64_t wanted = r->options->jobs;
	int ends[2];

	if (j == NULL || !plan_make(&j->plan) || pipe(ends) != 0)
		return;
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	j->start = ends[1];
	while (j->n_workers < wanted && j->n_workers < j->plan.n && worker_add(j, ends[0]))
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

static const char *why_lost(const struct jobs *j, const struct worker *w)
{
	bool is_killed = WIFSIGNALED(w->status);

	return words(arena_printf(j->plan.run->kept, "the process of --jobs that read it ended%s%s",
				  is_killed ? ": " : "",
				  is_killed ? strsignal(WTERMSIG(w->status)) : ""));
}

static const char *why_full(const struct jobs *j, int error)
{
	return words(arena_printf(j->plan.run->kept,
				  "no room for what --jobs makes of it (TMPDIR): %s",
				  strerror(error)));
}

static bool block_take(struct job *k, struct span *ret)
{
	struct job_file *f = k->file;
	const struct worker *w = &f->jobs->workers[atomic_load(&k->shared->taken_by) - 1];
	off_t at = (off_t)(atomic_load(&k->shared->place) + k->taken);
	uint32_t len = 0;

	if (pread(w->made, &len, sizeof(len), at) != (ssize_t)sizeof(len) || len > JOBS_BLOCK)
		return false;
	if (len > f->block_room) {
		f->block_room = len;
		f->block = must_grow(f->block, len, 1);
	}
	if (pread(w->made, f->block, len, at + (off_t)sizeof(len)) != (ssize_t)len)
		return false;
	k->taken += sizeof(len) + len;
	*ret = span_of(f->block, len);
	return true;
}

static bool about_take(struct job *k)
{
	struct job_file *f = k->file;
	struct span s;
	struct bytes b;

	if (f->range > 0)
		return true;
	if (!block_take(k, &s))
		return false;
	b = bytes_of(s);
	return part_about_take(&b, f->jobs->plan.run->kept, &f->about);
}

/* digest_blocks.next: its records, up to what was known at the end. */
static bool next(void *job, struct span *ret, const char **ret_why)
{
	struct job *k = job;
	struct jobs *j = k->file->jobs;
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
			*ret_why = why_full(j, atomic_load(&k->shared->error));
			return false;
		}
		if (state == JOB_DONE) {
			*ret_why = about_take(k) ? "" : "its temporary file cannot be read";
			return false;
		}
		if (run_is_interrupted(j->plan.run)) {
			k->file->about.kind_name = NULL; /* not known: it was not read to the end */
			return false;
		}
		if (is_lost(j, k, &w)) {
			*ret_why = why_lost(j, w);
			return false;
		}
		wait_for_news(j);
	}
}

/* Its file stays: it may be read again. */
static void leave(void *job)
{
	struct job *k = job;

	k->taken = 0;
}

/* Has somebody made a digest of it? Waits for whoever is about to; what nobody has begun is read
 * here. */
static bool is_made(struct jobs *j, struct job *k)
{
	const struct worker *w;
	int nobody = 0;

	if (atomic_compare_exchange_strong(&k->shared->taken_by, &nobody, -1) || nobody < 0)
		return false;
	while (atomic_load(&k->shared->state) == JOB_OPEN) {
		if (run_is_interrupted(j->plan.run) || is_lost(j, k, &w))
			return false;
		wait_for_news(j);
	}
	return atomic_load(&k->shared->state) == JOB_DONE;
}

/* divided_digests.next */
static bool next_range(void *file, uint64_t offset, struct digest_blocks *ret, uint64_t *ret_until)
{
	struct job_file *f = file;
	struct jobs_plan *p = &f->jobs->plan;
	uint64_t number = offset / f->range;
	struct job *k = &p->at[f->first + (number < f->n ? number : f->n - 1)];

	*ret_until = k->to;
	if (!is_made(f->jobs, k) || atomic_load(&k->shared->begin) != offset)
		return false;
	*ret_until = atomic_load(&k->shared->end);
	*ret = (struct digest_blocks){k, next, leave};
	return true;
}

/* ---- the beginning ---- */

/* Where its first event is in time is seen here: else all would wait for the first of the last. */
static void whole_begin(struct run *r, struct job_file *f)
{
	struct job *k = &r->jobs->plan.at[f->first];
	struct input *in = &r->inputs[f->input];
	struct source_options so = inputs_source_options(r, in);
	struct digest_blocks blocks = {k, next, leave};
	const struct vantage *v = NULL;
	uint16_t vantage;

	if (source_vantages(in->source, &v) != 1 || !inputs_preview(in)) {
		atomic_store(&k->shared->taken_by, -1);
		file_close(f);
		return;
	}
	vantage = v->number;
	so.vantages = &vantage;
	so.as = source_stats(in->source)->kind_name;
	f->about = *source_stats(in->source);
	in->size = source_size(in->source);
	source_close(in->source);
	in->source = digest_open(&blocks, &f->about, in->path, &so);
}

static void file_begin(struct run *r, struct job_file *f)
{
	struct divided_digests digests = {f, next_range};
	struct capture *c;

	if (!is_fit(r, f) || f->from < 0)
		return;
	c = divided_capture(source_of(r, f));
	if (f->range == 0)
		whole_begin(r, f);
	else if (c != NULL)
		divided_by(c, &digests);
}

void jobs_start(struct run *r)
{
	struct jobs *j = r->jobs;

	if (j == NULL || j->n_workers == 0)
		return;
	for (size_t i = 0; i < j->plan.n_files; i++)
		file_begin(r, &j->plan.files[i]);
	if (j->start >= 0)
		close(j->start);
	j->start = -1;
}

void jobs_free(struct jobs *j)
{
	struct jobs_plan *p;

	if (j == NULL)
		return;
	p = &j->plan;
	if (p->shared != NULL)
		atomic_store(&p->shared->is_over, true);
	if (j->start >= 0)
		close(j->start);
	for (size_t i = 0; i < j->n_workers; i++) {
		if (!j->workers[i].has_ended)
			worker_end(&j->workers[i]);
		close(j->workers[i].made);
	}
	for (size_t i = 0; i < p->n_files; i++)
		file_close(&p->files[i]);
	if (p->shared != NULL)
		munmap(p->shared, shared_size(p));
	free(p->files);
	free(p->at);
	free(p->order);
	free(j);
}

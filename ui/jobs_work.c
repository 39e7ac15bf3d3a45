#include "jobs_work.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "divided.h"
#include "inputs.h"
#include "limits.h"
#include "part_file.h"
#include "run_lock.h"
#include "stream.h"

struct work {
	const struct jobs_plan *plan;
	struct job *job;
	int to, news;
	uint64_t place, behind; /* in `to`: where the job begins, and ends so far */
	struct digest_writer *ranges;
	struct capture *range; /* of which the job's is; or NULL */
};

static bool is_stopped(const struct work *w)
{
	return run_is_interrupted(w->plan->run) || atomic_load(&w->plan->shared->is_over);
}

/* ---- what is written ---- */

static bool write_all(int to, const void *octets, size_t n, uint64_t at)
{
	for (size_t done = 0; done < n;) {
		ssize_t now =
			pwrite(to, (const uint8_t *)octets + done, n - done, (off_t)(at + done));

		if (now < 0 && errno == EINTR)
			continue;
		if (now <= 0)
			return false;
		done += (size_t)now;
	}
	return true;
}

static void tell(const struct work *w)
{
	/* a full pipe is news enough */
	if (write(w->news, "", 1) < 0)
		return;
}

/* It is hardly less than the records themselves: they are read faster than it is made and read. */
static bool is_bulky(const struct work *w, uint64_t made)
{
	enum { SMALL = 1 << 18, PART = 4 };

	return w->range && made > SMALL + capture_stats(w->range)->bytes / PART;
}

/* `is_last`: its reader looks for it only once the job is done. */
static void block_put(struct work *w, struct span octets, bool is_last)
{
	struct job_shared *shared = w->job->shared;
	uint32_t len = (uint32_t)octets.len;
	uint64_t made = atomic_load(&shared->made), at = w->place + made;

	if (is_stopped(w))
		_exit(STATUS_INPUT);
	if (atomic_load(&shared->state) != JOB_OPEN)
		return;
	errno = EFBIG;
	if (made + len > LIMIT_SPOOL || !write_all(w->to, &len, sizeof(len), at) ||
	    !write_all(w->to, octets.at, len, at + sizeof(len))) {
		atomic_store(&shared->error, errno);
		atomic_store(&shared->state, w->range ? JOB_LEFT : JOB_FULL);
	} else {
		made += sizeof(len) + len;
		w->behind = w->place + made;
		if (is_last)
			atomic_store(&shared->state, JOB_DONE);
		else
			atomic_store(&shared->made, made);
		if (is_bulky(w, made))
			atomic_store(&shared->state, JOB_LEFT);
	}
	if (atomic_load(&shared->state) == JOB_LEFT)
		divided_stop(w->range);
	tell(w);
}

static void take_records(void *work, struct span records)
{
	block_put(work, records, false);
}

static void about_put(struct work *w, const struct input_stats *s)
{
	struct packed p = {0};

	part_about_put(&p, s);
	block_put(w, packed_span(&p), true);
	packed_free(&p);
}

/* ---- one capture, or a range of one ---- */

static struct source *open_input(struct work *w, struct digest_writer *digest)
{
	const struct job_file *f = w->job->file;
	struct run *r = w->plan->run;
	const struct input *in = &r->inputs[f->input];
	struct source_options so = inputs_source_options(r, in);
	struct text why_not = text_make(LIMIT_RECORD);
	struct source *source = NULL;
	struct stream s;
	/* it is taken over, and there are more ranges */
	int file = f->range > 0 && f->from >= 0 ? fcntl(f->from, F_DUPFD_CLOEXEC, 0) : f->from;

	so.vantages = NULL;
	so.digest = digest;
	so.glance =
		(struct glance_taker){.wants = digest_wants, .take = digest_glance, .self = digest};
	if (file >= 0 && stream_of_open(&s, file)) {
		if (f->is_cut)
			stream_cut(&s, "%.*s", STR_ARG(f->damage));
		s.is_limited = f->is_limited;
		source = source_open_stream(&s, in->path, &so, &why_not);
	}
	text_free(&why_not);
	return source;
}

/* False: it was stopped. */
static bool read_all(const struct work *w, struct source *source)
{
	enum { UNLOOKED = 4096 };
	struct event e;

	for (uint64_t n = 1; source_next(source, &e) == PULLED; n++)
		if (n % UNLOOKED == 0 && is_stopped(w))
			return false;
	return true;
}

/* False: likewise. */
static bool map(struct work *w)
{
	struct digest_writer *digest = digest_writer_new(take_records, w);
	struct source *source = open_input(w, digest);
	bool is_whole = source != NULL && read_all(w, source);

	if (is_whole) {
		digest_end(digest);
		about_put(w, source_stats(source));
	}
	source_close(source);
	digest_writer_free(digest);
	return is_whole;
}

/* Nothing but its records is in it, one behind the other; else whoever wants them says what is. */
static bool range_is_made(struct work *w, struct source *source)
{
	const struct job *k = w->job;
	uint64_t begin;

	if (!w->range || !divided_range(w->range, k->from, k->to, &begin) || !read_all(w, source) ||
	    capture_stats(w->range)->is_cut || atomic_load(&k->shared->state) != JOB_OPEN)
		return false;
	digest_end(w->ranges);
	atomic_store(&k->shared->begin, begin);
	atomic_store(&k->shared->end, divided_reached(w->range));
	return atomic_load(&k->shared->state) == JOB_OPEN;
}

static bool map_range(struct work *w)
{
	struct source *source;
	bool is_made;

	if (w->ranges == NULL)
		w->ranges = digest_writer_new(take_records, w);
	digest_writer_range(w->ranges);
	source = open_input(w, w->ranges);
	w->range = source ? divided_capture(source) : NULL;
	is_made = range_is_made(w, source);
	atomic_store(&w->job->shared->state, is_made ? JOB_DONE : JOB_LEFT);
	tell(w);
	w->range = NULL;
	source_close(source);
	return !is_stopped(w);
}

/* One process moves its place in a file, and not that of the others. */
static void files_reopen(const struct jobs_plan *plan)
{
	struct text path = text_make(64);

	for (size_t i = 0; i < plan->n_files; i++) {
		struct job_file *f = &plan->files[i];

		if (f->range == 0)
			continue;
		text_clear(&path);
		text_printf(&path, "/proc/self/fd/%d", f->from);
		f->from = open(path.at, O_RDONLY | O_CLOEXEC);
	}
	text_free(&path);
}

static void wait_for(int begin)
{
	char octet;

	while (read(begin, &octet, 1) < 0 && errno == EINTR)
		continue;
}

void jobs_work(const struct jobs_plan *plan, int number, int begin, int to, int news)
{
	struct work w = {.plan = plan, .to = to, .news = news};
	size_t i;

	fcntl(news, F_SETFL, O_NONBLOCK);
	files_reopen(plan);
	run_lock(plan->run);
	wait_for(begin);
	while (!is_stopped(&w) && (i = atomic_fetch_add(&plan->shared->next, 1)) < plan->n) {
		int nobody = 0;

		w.job = &plan->at[plan->order[i]];
		if (!atomic_compare_exchange_strong(&w.job->shared->taken_by, &nobody, number + 1))
			continue;
		w.behind = w.place;
		atomic_store(&w.job->shared->place, w.place);
		if (!(w.job->file->range > 0 ? map_range(&w) : map(&w)))
			_exit(STATUS_INPUT);
		if (atomic_load(&w.job->shared->state) != JOB_LEFT)
			w.place = w.behind;
	}
	digest_writer_free(w.ranges);
}

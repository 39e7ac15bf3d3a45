#include "jobs_work.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "digest.h"
#include "inputs.h"
#include "limits.h"
#include "part_file.h"
#include "run_lock.h"
#include "stream.h"

struct work {
	struct run *run;
	struct jobs_shared *shared;
	struct job *job;
	int news;
};

static bool is_stopped(const struct work *w)
{
	return run_is_interrupted(w->run) || atomic_load(&w->shared->is_over);
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

/* `is_last`: its reader looks for it only once the job is done. */
static void block_put(struct work *w, struct span octets, bool is_last)
{
	struct job *k = w->job;
	uint32_t len = (uint32_t)octets.len;
	uint64_t at = atomic_load(&k->shared->made);

	if (is_stopped(w))
		_exit(STATUS_INPUT);
	if (atomic_load(&k->shared->state) != JOB_OPEN)
		return;
	errno = EFBIG;
	if (at + len > LIMIT_SPOOL || !write_all(k->to, &len, sizeof(len), at) ||
	    !write_all(k->to, octets.at, len, at + sizeof(len))) {
		atomic_store(&k->shared->error, errno);
		atomic_store(&k->shared->state, JOB_FULL);
	} else if (is_last) {
		atomic_store(&k->shared->state, JOB_DONE);
	} else {
		atomic_store(&k->shared->made, at + sizeof(len) + len);
	}
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

/* ---- one capture ---- */

static struct source *open_input(struct work *w, struct digest_writer *digest)
{
	struct job *k = w->job;
	const struct input *in = &w->run->inputs[k->input];
	struct source_options so = inputs_source_options(w->run, in);
	struct text why_not = text_make(LIMIT_RECORD);
	struct source *source = NULL;
	struct stream s;

	so.vantages = NULL;
	so.digest = digest;
	so.glance =
		(struct glance_taker){.wants = digest_wants, .take = digest_glance, .self = digest};
	if (stream_of_open(&s, k->from)) {
		if (k->is_cut)
			stream_cut(&s, "%.*s", STR_ARG(k->damage));
		s.is_limited = k->is_limited;
		source = source_open_stream(&s, in->path, &so, &why_not);
	}
	text_free(&why_not);
	return source;
}

/* False: it was stopped. */
static bool map(struct work *w)
{
	enum { UNLOOKED = 4096 };
	struct digest_writer *digest = digest_writer_new(take_records, w);
	struct source *source = open_input(w, digest);
	bool is_whole = source != NULL;
	struct event e;

	for (uint64_t n = 1; is_whole && source_next(source, &e) == PULLED; n++)
		is_whole = n % UNLOOKED != 0 || !is_stopped(w);
	if (is_whole) {
		digest_end(digest);
		about_put(w, source_stats(source));
	}
	source_close(source);
	digest_writer_free(digest);
	return is_whole;
}

static void wait_for(int begin)
{
	char octet;

	while (read(begin, &octet, 1) < 0 && errno == EINTR)
		continue;
}

void jobs_work(struct run *r, struct job *at, size_t n, struct jobs_shared *shared, int number,
	       int begin, int news)
{
	struct work w = {.run = r, .shared = shared, .news = news};
	size_t i;

	fcntl(news, F_SETFL, O_NONBLOCK);
	run_lock(r);
	wait_for(begin);
	while (!is_stopped(&w) && (i = atomic_fetch_add(&shared->next, 1)) < n) {
		int nobody = 0;

		w.job = &at[i];
		if (!atomic_compare_exchange_strong(&w.job->shared->taken_by, &nobody, number + 1))
			continue;
		if (!map(&w))
			_exit(STATUS_INPUT);
	}
}

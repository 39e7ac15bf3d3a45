/* A process of --jobs (jobs.h): takes one capture after the other and makes its digest. */
#ifndef L2TPSCOPE_JOBS_WORK_H
#define L2TPSCOPE_JOBS_WORK_H

#include <stdatomic.h>

#include "block.h"
#include "run.h"

enum job_state { JOB_OPEN, JOB_DONE, JOB_FULL };

/* Blocks lie in the file as they are given to the reader: a number of 32 bits, and so many octets.
 * Behind the last one what was known of the capture at its end. */
enum { JOBS_BLOCK = 4 * BLOCK_MOST, JOBS_WORTH = 1 << 20 /* octets: less is read here */ };

struct jobs_shared {
	atomic_size_t next; /* the job that nobody has taken yet */
	atomic_bool is_over;
	struct job_shared {
		atomic_uint_least64_t made; /* octets in its file, of whole blocks */
		atomic_int state, error;
		atomic_int taken_by; /* 1 is the first process, 0 nobody, -1 it is read otherwise */
	} at[];
};

struct job {
	struct jobs *jobs;
	struct job_shared *shared;
	size_t input;
	int from, to; /* the capture; its digest */
	bool is_cut, is_limited;
	struct str damage; /* with is_cut (stream.h) */
	uint64_t taken;    /* octets of `to` */
	uint8_t *block;
	struct input_stats about;
};

/* Waits for the end of `begin`, and works; tells `news` of each block. */
void jobs_work(struct run *r, struct job *at, size_t n, struct jobs_shared *shared, int number,
	       int begin, int news);

#endif

/* A process of --jobs (jobs.h): takes one capture, or range of one, after the other and makes its
 * digest. */
#ifndef L2TPSCOPE_JOBS_WORK_H
#define L2TPSCOPE_JOBS_WORK_H

#include <stdatomic.h>

#include "block.h"
#include "run.h"

enum job_state {
	JOB_OPEN,
	JOB_DONE,
	JOB_FULL, /* what was made is all that there will be: no room */
	JOB_LEFT, /* of a range: there is no digest, it is better read by whoever wants it */
};

/* Blocks lie in a file as they are given to the reader: a number of 32 bits, and so many octets.
 * Behind those of a whole capture what was known of it at its end. */
enum { JOBS_BLOCK = 4 * BLOCK_MOST, JOBS_WORTH = 1 << 20 /* octets: less is read here */ };

struct jobs_shared {
	atomic_size_t next; /* of the order: the job that nobody has taken yet */
	atomic_bool is_over;
	struct job_shared {
		atomic_int taken_by; /* 1 is the first process, 0 nobody, -1 it is read otherwise */
		atomic_uint_least64_t place; /* where it begins in the file of that process … */
		atomic_uint_least64_t
			made; /* … and how many octets, of whole blocks, stand there */
		atomic_int state, error;
		atomic_uint_least64_t begin, end; /* JOB_DONE, of a range: octets of the capture */
	} at[];
};

/* A capture. */
struct job_file {
	struct jobs *jobs;
	size_t input;
	int from;
	bool is_cut, is_limited;
	struct str damage; /* with is_cut (stream.h) */
	struct input_stats about;
	uint64_t range;  /* octets of a job; 0: all of it is one */
	size_t first, n; /* jobs */
	uint8_t *block;  /* of the one that is read */
	size_t block_room;
};

struct job {
	struct job_file *file;
	struct job_shared *shared;
	uint64_t from, to; /* octets of the capture, of a range */
	uint64_t taken;    /* of what was made */
};

/* What all processes have from the beginning. */
struct jobs_plan {
	struct run *run;
	struct job_file *files;
	size_t n_files;
	struct job *at;
	size_t *order; /* in which they are taken */
	size_t n;
	struct jobs_shared *shared;
};

/* The process `number` waits for the end of `begin`, and works; what it makes goes to the file
 * `to`, and `news` is told of each block. */
void jobs_work(const struct jobs_plan *plan, int number, int begin, int to, int news);

#endif

/* One capture file in ranges of octets, of each of which somebody else may have made a digest
 * (digest.h): a process of --jobs (ui/jobs.h). Whoever reads the capture sees what it would have
 * seen without them.
 *
 * Who makes one knows nothing of what comes before: he looks for a place where a record seems to
 * begin, and goes on to the first record behind his range. He may be wrong: octets of a payload can
 * look like records. So a digest is taken only where it begins exactly there where the record
 * before it ended; that was the end of a range that was right, or of a record that was read here.
 * Whatever is not quite in order (no place was found, damage, a cut, a file that shrank) has no
 * digest: then the records of the range are read here, and it is said what is wrong with them, as
 * always.
 *
 * What else crosses the beginning of a range, and what is done about it. Everything that says
 * something is in the digest as it is, and its decoder here has seen all that came before; so what
 * a packet means is decided here, and with it whatever is told, learned, joined, counted and
 * limited: names and secrets, hidden attributes, RADIUS requests, L2TPv3's ends, segments of PPTP,
 * fragments, defects, clocks that go back. A data packet at a glance (glance.h) is one by its own
 * octets; its key is set anew in each range. What is left is what the digest leaves out, packets
 * that say nothing. Would they say nothing here, too? That depends on
 *
 * - datagrams that are not whole: while one waits, nothing is left out (its time may run out at any
 *   packet). Here one may wait that began before the range;
 * - ports that were learned to carry L2TP: here there may be more of them than the range has shown;
 * - the check sequences of HDLC (hdlc.h): a frame of it is never left out;
 * - sessions and pairs that are counted once (sights.h): those that were counted before.
 *
 * So of each kind of such packets (silence.h: of one name, and of the same ends and session where
 * that makes a difference) the first is in the digest, as a sample. If it says something here, or
 * anything waits before or behind it, or the sights are full, the digest is left at that packet,
 * and the records behind it are read. If not, the same is true of those that are left out for it:
 * both decoders have no datagram waiting, and from there on see the same fragments and the same
 * L2TP. What is left out comes as numbers: how many packets, their octets, times and names. Packets
 * are numbered by counting. */
#ifndef L2TPSCOPE_DIVIDED_H
#define L2TPSCOPE_DIVIDED_H

#include "capture.h"
#include "digest.h"

/* A capture that can be read in ranges, or NULL. */
struct capture *divided_capture(struct source *s);

/* ---- who makes the digest of a range ---- */

/* Only the records that begin at `from`, or soon behind, and before `to`, are read; where the first
 * of them seems to begin. False: nowhere. They are not copied (buffer_map): where the file becomes
 * shorter meanwhile the process ends, and there is no digest. */
bool divided_range(struct capture *c, uint64_t from, uint64_t to, uint64_t *ret_begin);
/* Nothing more is read. */
void divided_stop(struct capture *c);
/* Where the next record begins, or the file ends. */
uint64_t divided_reached(const struct capture *c);

/* ---- who reads the capture ---- */

struct divided_digests {
	void *self;
	/* The next record begins at `offset`. True: the digest of all from there up to `ret_until`.
	 * False: there is none; is asked again before the first record there or behind. */
	bool (*next)(void *self, uint64_t offset, struct digest_blocks *ret, uint64_t *ret_until);
};

/* From now on. */
void divided_by(struct capture *c, const struct divided_digests *digests);

#endif

/* Reliable delivery, one direction of a control connection (RFC 2661 5.8).
 *
 * Tells new messages from repeats, finds which message an Nr acknowledges, keeps windows,
 * round trips and retransmission intervals. It sees heads only; meaning is elsewhere. */
#ifndef L2TPSCOPE_CHANNEL_H
#define L2TPSCOPE_CHANNEL_H

#include "code.h"
#include "event.h"
#include "limits.h"

enum delivery {
	DELIVERY_NEW,
	DELIVERY_REPEAT,    /* same Ns again: counted and timed, goes no further */
	DELIVERY_DUPLICATE, /* a copy by the network or the capture: within 2 ms or equal IP id */
	DELIVERY_EARLY,     /* ahead of a gap */
	DELIVERY_OLD,       /* behind what was delivered, never seen before: late after a gap */
	DELIVERY_ACK,       /* ZLB, or the ACK of L2TPv3: carries only Nr */
	DELIVERY_NONE,      /* not a control message */
};

/* One of the latest messages; `is_acked` once it is known to have arrived. */
struct pending {
	uint16_t ns;
	uint16_t message;
	uint32_t copies;
	struct moment first, last;
	uint64_t event, last_event; /* event.number of the first and the last copy */
	uint64_t frame, last_frame, line, last_line;
	uint16_t ip_id;
	bool is_acked;
};

/* One message that an Nr acknowledges. */
struct acknowledged {
	uint16_t message, ns;
	bool is_again; /* it was acknowledged before */
};

enum { ROUND_TRIPS = 64 };

struct channel {
	struct arena *arena; /* of what it keeps */
	bool is_started;
	uint16_t next_ns; /* expected from this sender */
	uint16_t acked;   /* highest Nr the OTHER side sent for this direction */
	bool has_acked;
	bool acked_more;         /* that Nr grew: this direction arrives, seen or not */
	struct pending *pending; /* LIMIT_REORDER of them at most: channel_pending() */
	uint16_t n_pending, pending_room, oldest_pending;
	uint16_t highest_ns; /* of those that were pending */
	uint16_t n_open;     /* how many of them are not acknowledged */
	/* SCCRQ, SCCRP and SCCCN are said once in a tunnel: of a log that prints no Ns, those that
	 * were, by 1 << message, and when */
	uint8_t openings;
	struct moment opening[SCCCN + 1];
	uint32_t messages, repeats, duplicates, gaps;
	int64_t worst_wait_ns; /* longest first-copy-to-acknowledgement */
	int64_t *round_trips;  /* a sample, ns: ROUND_TRIPS of them, or NULL */
	size_t n_round_trips;
};

/* No network holds a packet back for longer, and nobody repeats a message sooner (RFC 2661 5.8): an
 * equal IP identification is a copy's only within that. There are stacks whose packets all have the
 * same one (RFC 6864 4.1 asks for nothing else where nothing is to be fragmented). */
enum { COPY_MOST_MS = 1000 };

/* The i-th of them, the oldest first. */
static inline struct pending *channel_pending(const struct channel *way, size_t i)
{
	return (struct pending *)&way->pending[(way->oldest_pending + i) % LIMIT_REORDER];
}

/* Takes a message of this direction. `back` is the other direction: the Nr acknowledges
 * its messages. */
enum delivery channel_take(struct channel *way, struct channel *back, const struct event *e);

/* What the Nr of `e` acknowledges of the messages seen, oldest first; asked before channel_take.
 * Nothing new: the message before Nr, again. `list` holds LIMIT_REORDER. */
size_t channel_acknowledges(const struct channel *back, const struct event *e,
			    struct acknowledged *list);

/* Captured, and further ahead of what is expected than any window: behind a hole of the recording,
 * or from nobody of this connection. It is EARLY, acknowledges nothing, and is not remembered until
 * it is admitted. */
bool channel_is_far(const struct channel *way, const struct event *e);
void channel_admit(struct channel *way, const struct event *e);

/* How well a message of this direction goes on with what was seen, 0 … 15; from 10 on it is the
 * next one, or a repeat that nobody acknowledged yet, and acknowledges nothing that was not sent.
 */
unsigned channel_fit(const struct channel *way, const struct channel *back, const struct event *e);

/* The held message `ns` is now delivered; what was skipped before it is a gap. */
void channel_pass(struct channel *way, uint16_t ns);
/* A message of that Ns was seen, and its acknowledgement was not. */
bool channel_awaits(const struct channel *way, uint16_t ns);
/* The message of a capture that was that event, if it is still kept; or NULL. */
const struct pending *channel_pending_of(const struct channel *way, uint64_t event);

/* `half` is the same direction of a record that turned out to be of the same tunnel: one of the
 * two saw the messages, the other what acknowledges them. */
void channel_absorb(struct channel *way, const struct channel *half);

/* Median of the sampled round trips in seconds, −1 when none. */
double channel_round_trip(const struct channel *way);

#endif

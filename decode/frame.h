/* One captured frame becomes an event: link → IP → UDP → L2TP → PPP.
 *
 * What is not L2TP is counted by what it is (frame_others). PPP that a link carries
 * outside L2TP (PPPoE, serial lines) gives EVENT_PPP events without an L2TP header, and
 * L2TP inside it is found like any other. */
#ifndef L2TPSCOPE_FRAME_H
#define L2TPSCOPE_FRAME_H

#include "event.h"
#include "secrets.h"
#include "source.h"

struct frame {
	int dlt;            /* libpcap's DLT_ number */
	struct span octets; /* as captured */
	uint32_t original;  /* octets on the wire */
	struct moment when;
	struct origin origin;
	struct str stamp; /* the time as printed; empty in captures */
	bool has_sense;   /* somebody said which way it went; used where no address does */
	enum sense sense;
	uint32_t interface; /* that it was seen on; of a pcapng file, over all its sections */
	struct str interface_name;
	struct str comment; /* what somebody wrote about it, or empty */
};

struct frame_decoder;

/* `scratch` takes what an event points to; the caller resets it between events. `secrets`
 * may be NULL; both are borrowed. `with_noise`: also give EVENT_OTHER of every frame; its
 * text says what it is. */
struct frame_decoder *frame_decoder_new(struct arena *scratch, struct secrets *secrets,
					bool with_noise);
void frame_decoder_free(struct frame_decoder *d);

/* True when `*ret` is an event; it points into the scratch and `f->octets`. */
bool frame_decode(struct frame_decoder *d, const struct frame *f, struct event *ret);

/* Neither of the two below has anything to say, now or at any time until the next frame. */
bool frame_is_idle(const struct frame_decoder *d);

/* Nothing of the newest frame is left that could make a difference to what is said of a later one,
 * but in what waits (frame_is_idle), in what was learned from L2TP, and that it was counted. */
bool frame_left_nothing(const struct frame_decoder *d);

/* What else the last frame says: one TCP segment may have several messages. Call until false,
 * before the next frame. */
bool frame_more(struct frame_decoder *d, struct event *ret);

/* What incomplete datagrams still have to say at `now`, or at the end of the input: call
 * until false, before each frame. */
bool frame_lost(struct frame_decoder *d, struct moment now, bool is_end, struct event *ret);

/* Frames that are not L2TP so far, by what they are, in order of appearance. */
size_t frame_others(const struct frame_decoder *d, const struct other_count **ret);
/* Hosts that have IPsec between them, the first LIMIT_IPSEC_PAIRS. */
size_t frame_ipsec(const struct frame_decoder *d, const struct host_pair **ret);
/* Likewise `n` that somebody else looked at; `what` is not copied. */
void frame_others_add(struct frame_decoder *d, const char *what, uint64_t n);

#endif

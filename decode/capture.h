/* What the readers of capture files share: frames become events, and are counted.
 *
 * A reader (pcap.c, pcapng.c, hex_source.c, digest_read.c) gives one frame at a time through
 * `take`; the rest is here. */
#ifndef L2TPSCOPE_CAPTURE_H
#define L2TPSCOPE_CAPTURE_H

#include "frame.h"
#include "source.h"

enum taken {
	TAKEN,         /* *ret is a frame */
	TAKEN_SKIPPED, /* a frame, but the filter leaves it out */
	TAKEN_END,     /* no more; capture_cut() was called when the file is not whole */
};

struct capture;

/* A file whose records can be found from any octet on (divided.h). */
struct capture_ranges {
	/* Where the next record begins. */
	uint64_t (*offset)(const void *self);
	/* Where one begins at `offset` or soon behind, as far as the octets there tell. */
	bool (*find)(const void *self, uint64_t offset, uint64_t *ret);
	/* Goes there, and reads up to `end` without a copy (buffer_map). */
	void (*map)(void *self, uint64_t offset, uint64_t end);
	/* `take` ends before a record that begins at `offset` or behind. */
	void (*until)(void *self, uint64_t offset);
};

struct capture_reader {
	void *self;
	/* Fills in everything of `ret` but origin.input, vantage and frame; what it never fills in
	 * is zero. */
	enum taken (*take)(void *self, struct capture *c, struct frame *ret);
	/* What `take` gives next stands at that offset, where it stood before. NULL: it is read
	 * once. */
	bool (*seek)(void *self, struct capture *c, uint64_t offset);
	void (*free)(void *self);
	const struct capture_ranges *ranges; /* NULL: it is read from its beginning */
	bool lends;                          /* it counts by lease itself */
};

struct capture {
	struct capture_reader reader;
	struct frame_decoder *frames;
	struct frame frame;         /* the newest */
	struct glance seen;         /* of it */
	struct glance_lease *lease; /* for those that look alike, or NULL */
	bool is_no_glance;          /* the reader knows that glance_read() says no */
	bool is_sample;             /* of packets that are not there (digest.h) … */
	bool is_silent;             /* … and it said nothing, as they would */
	struct arena *scratch;      /* reset at each event */
	struct input_stats stats;
	struct input_stats whole; /* stats, before it went back; with has_gone_back */
	struct text cut_text, dialect;
	struct vantage vantage;
	struct moment now; /* of the newest frame */
	struct glance_taker glance;
	struct alikes *alikes; /* that are counted by lease; NULL: none, or by the reader itself */
	struct digest_writer *digest; /* what it learns from, or NULL */
	bool is_filtered;             /* --bpf: a lost fragment may be the filter's doing */
	bool is_end;
	bool has_waited; /* its frame is taken, and was not given yet: SOURCE_WAITS */
	bool has_gone_back;
};

/* Takes the reader over. */
struct capture *capture_new(const char *path, const char *kind, const struct source_options *o,
			    struct capture_reader reader);

/* The file ends, or is damaged, at `offset`: why. The first place holds. */
void capture_cut(struct capture *c, uint64_t offset, const char *why);

/* Packets that the reader counted by itself (glance_lease): this is the newest. */
void capture_counted(struct capture *c, const struct glance_lease *newest);

/* A link type occurs in this file (input_stats.dialect). */
void capture_dialect(struct capture *c, int dlt);

/* Members of source_row; `self` is a struct capture. */
enum pull capture_next(void *self, struct event *ret);
bool capture_back(void *self, uint64_t offset, uint64_t frame);
bool capture_next_frame(void *self, struct frame *ret);
const struct input_stats *capture_stats(const void *self);
size_t capture_vantages(const void *self, const struct vantage **ret);
void capture_close(void *self);

#endif

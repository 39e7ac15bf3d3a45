/* Inputs: pull, so that files merge and nothing needs a thread.
 *
 * source_open finds the kind by content (probe), never by name. source_next gives one
 * event at a time; what the input is and holds is in source_stats, complete once
 * SOURCE_END was returned. */
#ifndef L2TPSCOPE_SOURCE_H
#define L2TPSCOPE_SOURCE_H

#include "event.h"
#include "glance.h"
#include "secrets.h"
#include "stream.h"

enum pull {
	PULLED,     /* *ret is an event */
	SOURCE_END, /* no more */
	/* A glance at the next packet may be enough, but others come before it (glance.h, is_turn):
	 * of *ret only `when` is set; it is given, or counted, when asked again. */
	SOURCE_WAITS,
};

struct log_witness;
struct digest_writer;

struct source_options {
	uint16_t input;          /* index on the command line, for origin.input */
	const char *name;        /* vantage name: NAME=FILE, or the path */
	const char *as;          /* --as KIND, or NULL */
	const char *bpf;         /* libpcap filter, or NULL */
	struct secrets *secrets; /* borrowed; text sources add what they learn. May be NULL */
	uint16_t *vantages;      /* next free vantage, shared by a run; NULL: counted from 0 */
	bool with_noise;         /* also give events nobody replays (SAID_NOTHING, EVENT_OTHER) */
	bool without_octets;     /* of texts: nobody asks for event.rebuilt */
	int year;                /* --year, 0 unknown */
	struct glance_taker glance; /* may be content with less than an event of a data packet */
	/* Of texts: borrowed, or NULL (log_record.h). */
	const struct log_witness *witness;
	struct digest_writer *digest; /* of captures: borrowed, or NULL (digest.h) */
};

enum source_kind { SOURCE_CAPTURE, SOURCE_TEXT };

/* Packets of an input that are not L2TP, by what they are ("PPPoE session", "RADIUS"). */
struct other_count {
	const char *what;
	uint64_t n;
};

/* Two hosts, in no order. */
struct host_pair {
	struct address a, b;
};

struct input_stats {
	const char *path, *name;
	enum source_kind kind;
	const char *kind_name; /* "pcap", "pcapng", "hexdump", "text" */
	const char *dialect;   /* text: "cisco-ios" …; captures: link type name */
	uint64_t packets, bytes;
	uint64_t passed; /* texts: octets up to the last event that was given, of `bytes` */
	uint64_t lines, records, records_unread, lines_prose;
	uint64_t damaged; /* records with an input-damaged defect */
	struct moment first, last;
	bool is_cut;         /* the container is damaged or ends inside a record (exit status 4) */
	bool is_limited;     /* a limit stopped the reading (exit status 5) */
	struct str cut_text; /* where and how, for people */
	uint64_t l2tp;       /* captures: packets with L2TP, or an ICMP error about it */
	uint64_t filter_cut; /* datagrams of which --bpf let only some fragments pass */
	struct other_count other[16];
	size_t n_other;
	const struct host_pair *ipsec; /* captures: that have IPsec between them */
	size_t n_ipsec;
};

/* There was something at that time. */
static inline void input_stats_widen(struct input_stats *s, struct moment when)
{
	if (!moment_known(s->first) || when.ns < s->first.ns)
		s->first = when;
	if (!moment_known(s->last) || when.ns > s->last.ns)
		s->last = when;
}

struct source;
struct source_row;

/* `path` is a file, or `-` for standard input; gzip, xz and zstd are unpacked. A piped capture
 * is read as it comes; other pipes are copied to a temporary file up to their end first, text
 * too. NULL and `why_not` when it cannot be opened or is of no known kind (exit status 3). */
struct source *source_open(const char *path, const struct source_options *o, struct text *why_not);
/* The same of a stream, which it takes over, also when that fails. */
struct source *source_open_stream(struct stream *s, const char *path,
				  const struct source_options *o, struct text *why_not);
/* What begins so when it is no text that can be read while it grows: "pcap", "gzip" …; NULL: it is
 * one, or too little of it is there. */
const char *source_no_text(struct span head);
/* Of a text that grows (growing.h): none of it is known yet. `text` is borrowed, and stays where it
 * is. Its order and shape are taken to be those of a log. */
struct source *source_open_growing(const char *text, const char *path,
				   const struct source_options *o);
/* Its first `len` octets are known now: after SOURCE_END source_next goes on. What ends there is
 * not waited for, so it is to be the end of a record. */
void source_grow(struct source *s, size_t len);
/* All of a text input as it was given, unpacked; empty for captures. */
struct str source_text_content(const struct source *s);
enum pull source_next(struct source *s, struct event *ret);
/* Goes back to a record that was read before (its origin.offset and origin.frame): source_next
 * gives it again, with all that was learned since. source_stats stay those of the whole. False:
 * this input is read once. */
bool source_goes_back(const struct source *s);
/* Octets that it reads, unpacked; 0: a pipe. */
uint64_t source_size(const struct source *s);
bool source_back(struct source *s, uint64_t offset, uint64_t frame);
struct capture;
/* What a capture file is read by (capture.h), and divided.h is about; NULL: it is something else.
 */
struct capture *source_capture(struct source *s);
struct frame;
/* Of a capture the next packet as it is (frame.h), instead of source_next. False at the end, and
 * for a text. */
bool source_next_frame(struct source *s, struct frame *ret);
const struct input_stats *source_stats(const struct source *s);
void source_close(struct source *s);

/* Of what is no file: its row, and what `open` would have given. */
struct source *source_made(const struct source_row *row, void *self);

/* False, with the kinds that there are, when --as names none of them. */
bool source_knows_kind(const char *as, struct text *why_not);
/* The i-th of them, for --as; NULL at the end. */
const char *source_kind_named(size_t i);

/* A pipe that begins so can be read as it comes: a capture. */
bool source_is_live(struct span head);

/* The names of the vantage points this source has made so far: a capture has one, a text
 * one per console. `name` is the console's host name if known, else "". */
struct vantage {
	uint16_t number;
	uint16_t input;
	struct str name; /* host name the console or its peers use for it, or empty */
	bool is_text;
	/* of its input (input_stats); filled in by the run */
	const char *dialect;
	const struct host_pair *ipsec;
	size_t n_ipsec;
};
size_t source_vantages(const struct source *s, const struct vantage **ret);

enum { PROBE_CERTAIN = 100 };

/* One row per kind of input. A kind's file defines its row; source.c lists them. */
struct source_row {
	const char *name; /* "pcap", "pcapng", "hexdump", "text": what --as takes */
	/* How well the first bytes fit: 0 no … PROBE_CERTAIN. */
	unsigned (*probe)(struct span head);
	bool is_live;    /* reads a pipe as it comes */
	bool is_capture; /* `self` is a struct capture */
	/* `file` is at its beginning and becomes the row's, also when it fails; `head` is what
	 * it begins with. */
	void *(*open)(FILE *file, struct span head, const char *path,
		      const struct source_options *o, struct text *why_not);
	void *(*open_growing)(const char *text, const char *path,
			      const struct source_options *o); /* NULL: no text */
	void (*grow)(void *self, size_t len);
	enum pull (*next)(void *self, struct event *ret);
	bool (*back)(void *self, uint64_t offset, uint64_t frame); /* NULL: it never goes back */
	bool (*next_frame)(void *self, struct frame *ret);         /* NULL: no packets */
	const struct input_stats *(*stats)(const void *self);
	size_t (*vantages)(const void *self, const struct vantage **ret);
	struct str (*content)(const void *self); /* NULL: no text */
	void (*close)(void *self);
};

extern const struct source_row source_pcap;    /* pcap.c */
extern const struct source_row source_pcapng;  /* pcapng.c */
extern const struct source_row source_hexdump; /* hex_source.c */
extern const struct source_row source_text;    /* text_source.c */

#endif

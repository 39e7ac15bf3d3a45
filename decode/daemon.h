/* Logs of daemons: one physical line is one record, read by one row of one dialect, and the
 * dialect's gatherer makes events of records.
 *
 * Nothing says which daemon wrote a text but the text itself: a line belongs to the dialect
 * whose program stands before it (`xl2tpd[2718]:`) or whose row reads it from end to end. Lines
 * of several dialects may alternate (xl2tpd and pppd in one syslog); what is known of a device
 * is shared between them. A new dialect is one file of rows and a gatherer (the smallest one:
 * bngblaster.c), and its line in daemon_dialects.def. */
#ifndef L2TPSCOPE_DAEMON_H
#define L2TPSCOPE_DAEMON_H

#include "grammar.h"
#include "prefix.h"
#include "secrets.h"

/* A line on its way to the gatherer. */
struct spoken {
	struct log_record record; /* text is clean: no `#011`, entities or tabs */
	struct str program;
	uint32_t pid;
	uint16_t device; /* its console: one per collector's host name */
};

struct speech;

struct daemon_dialect {
	const char *name;            /* "xl2tpd" */
	const char *const *programs; /* tags of its lines, NULL at the end */
	/* How its records begin that no tag shows and that a mail may have broken; NULL at the
	 * end. May be NULL. */
	const char *const *heads;
	const char *plugin_of;              /* whose tag its lines have as well; NULL: nobody's */
	const struct grammar_table *tables; /* its rows */
	size_t state_size;                  /* what it keeps per device, zeroed; 0 nothing */
	/* Its process is the device: without a collector's host name, another pid is another
	 * device (or the same one restarted). */
	bool is_device;
	bool is_wire; /* it prints what it saw on a wire: a vantage point of its own */
	void (*take)(struct speech *s, void *state, const struct spoken *line);
	/* A line that no row reads, right behind lines of this dialect: true when it belongs to
	 * them (a dump's row, an option). May be NULL. */
	bool (*more)(struct speech *s, void *state, const struct spoken *line);
	/* The end of the text, or another dialect's turn: what still waits becomes an event.
	 * May be NULL. */
	void (*finish)(struct speech *s, void *state);
};

extern const struct daemon_dialect *const daemon_dialects[];
extern const size_t n_daemon_dialects;

struct daemon_reader;

/* `content` is borrowed and outlives the reader. `secrets` may be NULL. */
struct daemon_reader *daemon_open(struct str content, uint16_t input, int year,
				  struct secrets *secrets);
void daemon_close(struct daemon_reader *r);
/* Who is told of each record; borrowed. NULL: nobody. */
void daemon_tell(struct daemon_reader *r, const struct log_witness *w);
/* Is told now and then how far the text was read, also where there is nothing in it: whoever holds
 * it may forget what stands before; UINT64_MAX: all of it, though it is read once more. */
void daemon_passes(struct daemon_reader *r, void (*passed)(void *self, uint64_t offset),
		   void *self);
/* The content has grown to `len` octets. Until then its end was an end: whoever waited for more
 * lines has made an event of what he had. */
void daemon_grow(struct daemon_reader *r, size_t len);

/* A stretch of the text that is no daemon's; a place in the content. A long one is given in pieces,
 * so that nobody waits for its end. */
struct stretch {
	size_t start, end;
	uint64_t line;
	bool goes_on; /* begins where the stretch before it, given just now, ended */
};

enum daemon_pull {
	DAEMON_EVENT,   /* *ret_event, valid until the next call; origin.vantage is the device */
	DAEMON_FOREIGN, /* *ret_stretch is for somebody else; the reader goes on behind it */
	DAEMON_END,
};
enum daemon_pull daemon_next(struct daemon_reader *r, struct event *ret_event,
			     struct stretch *ret_stretch);

const struct log_stats *daemon_stats(const struct daemon_reader *r);
/* Host name of a device, or empty. */
struct str daemon_device_name(const struct daemon_reader *r, uint16_t device);
/* The dialects that were heard, most lines first, at most `room`. */
size_t daemon_heard(const struct daemon_reader *r, const char **ret, uint64_t *ret_lines,
		    size_t room);

#endif

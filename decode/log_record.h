/* A log record: what stands between two heads, read by one row of a grammar.
 *
 * decode/ reads text in two steps. log.c finds records in whatever shape the text is in
 * (hard-wrapped, flattened, fenced, mixed with prose; architecture: "segmentation is driven
 * by the grammar") and matches each with one grammar row; ios_events.c gathers records into
 * events (a message's `Parse AVP` lines, its packet line and its hex dump are one event).
 */
#ifndef L2TPSCOPE_LOG_RECORD_H
#define L2TPSCOPE_LOG_RECORD_H

#include "event.h"
#include "limits.h"

enum log_field {
	FIELD_NONE,
#define FIELD(symbol, name, type) FIELD_##symbol,
#include "log_field.def"
#undef FIELD
	LOG_FIELDS
};

const char *log_field_name(enum log_field f);

/* What a record is for the gatherer. */
enum record_kind {
	RECORD_UNREAD,  /* a head with no row */
	RECORD_SAID,    /* stands alone: row.topic */
	RECORD_MESSAGE, /* `O SCCRQ`, `I SCCRP from LNS`, `O ICRQ to LNS 11407/0`, `Send OCRP` */
	RECORD_PACKET,  /* `I SCCRP, flg TLS, ver 2, len 154, tnl …`: hex may follow */
	RECORD_BUFFER,  /* `contiguous buffer, size 28`, `contiguous pak, size 44`: hex follows */
	RECORD_PARSE_MESSAGE, /* `Parse SCCRP` */
	RECORD_PARSE_AVP,     /* `Parse AVP 9, len 8, flag 0x8000 (M)`: stands before its message */
	RECORD_AVP_VALUE,     /* `Assigned Tunnel ID 55270`; row.avp says of which attribute */
	RECORD_PARSE_DONE,    /* `No missing AVPs in SCCRP` */
	RECORD_RESULT,        /* `Result code(1): 1: Loss of carrier`, `Error code(0): No error` */
	RECORD_PPP_PACKET,    /* `LCP: I CONFREQ [Listen] id 118 len 10`: options may follow */
	RECORD_PPP_OPTION,    /* `LCP:   MagicNumber 0x… (0x…)` */
	RECORD_PPP_TLV,       /* `LCP:  (0x2E636F6D)`: more octets of the option before */
	RECORD_AUTH_PACKET,   /* `CHAP: O CHALLENGE id 6 len 27 from "5300-1"` */
	RECORD_CONTINUES,     /* belongs to the record before and adds nothing (clone body) */
};

enum {                      /* grammar_row.flags */
       ROW_OPEN = 1,        /* may go on in the next physical line */
       ROW_HEX_FOLLOWS = 2, /* a hex dump may follow */
       ROW_VIRTUAL = 4,     /* moves only the speaker's own PPP machines (event.is_virtual) */
       ROW_BLOCK = 8,       /* a block of foreign lines may follow up to `end` (VTEMPLATE clone) */
       ROW_GENERIC = 16,    /* reads what no closer row reads, damaged or not */
       ROW_RECALLED = 32,   /* from memory: no real line of this form was at hand */
       ROW_CONTEXT = 64,    /* without its program's tag, only right behind lines of its dialect */
       ROW_AFTER = 128,     /* an attribute that stands behind its message, not before it */
};

/* One row: one form of a line. Pattern language: grammar.h. */
struct grammar_row {
	const char *name;    /* "ios.l2tp.tunnel-state" */
	const char *pattern; /* after the stamp */
	const char *sample;  /* a real line */
	const char *reading; /* what the sample must give: "tunnel=17688 before=idle
				after=wait-ctl-reply" */
	enum record_kind kind;
	enum topic topic; /* RECORD_SAID */
	uint32_t avp;     /* RECORD_AVP_VALUE: attribute number + 0x10000 × vendor */
	uint16_t ppp;     /* RECORD_PPP_OPTION: option number, when the row fixes it */
	unsigned flags;
	const char *means; /* one line for `annotate`: what it is, whether it is normal; or NULL */
};

/* What separated this record from the one before. */
enum gap {
	GAP_NONE,
	GAP_BLANK,  /* blank lines or wrapping only */
	GAP_PROSE,  /* words that no row reads */
	GAP_FENCE,  /* ``` or a table bar */
	GAP_PROMPT, /* NAME# or NAME>: `prompt` holds NAME */
};

/* A row of a hex dump, as it stands in the text: digits and blanks, unrepaired. */
struct hex_row {
	struct str digits;
	uint64_t line;
	uint32_t column;
	bool goes_on; /* ended in `...`: the device printed no more */
};

/* What the words of a record mean (ios_words.h). */
struct log_words {
	bool is_read;
	bool has_sense;
	uint8_t sense;     /* enum sense */
	uint8_t code;      /* of PPP; 0: none */
	int8_t state;      /* of PPP; -1: none */
	uint16_t protocol; /* of PPP; 0: none */
	uint16_t message;  /* of L2TP; MESSAGE_UNKNOWN: none */
};

/* Which value is the first one of a field, in 4 bits: where to look before all are looked at. */
enum { PLACE_BITS = 4, PLACE_MOST = 15 };
struct log_places {
	uint8_t of[(LOG_FIELDS + 1) / 2];
};

struct log_record {
	/* what each step asks of every record, side by side */
	const struct grammar_row *row; /* NULL for RECORD_UNREAD */
	struct said_value *values;     /* at most LIMIT_RECORD_VALUES, in the arena of the text */
	size_t n_values;
	uint64_t fields; /* the bit of each field that has a value */
	struct log_places places;
	enum record_kind kind;
	enum gap gap;
	size_t n_hex, n_defects;
	struct log_words words;
	struct str host;   /* syslog host, if the prefix names one */
	struct str prompt; /* host name of the last prompt before, with GAP_PROMPT */
	struct moment when;
	struct str stamp;
	struct str text; /* the repaired record on one line, without the stamp */
	const struct hex_row *hex;
	const struct defect *defects; /* per-record damage: confused letters, a broken stamp */
	struct origin origin; /* input, line, line_end, column, offsets; vantage not yet known */
	uint64_t body;        /* offset of what stands behind stamp, host and tag */
};

/* Somebody who is told which octets of a text were read as what, for writing the text anew: in the
 * order of reading, which is not quite that of the text. */
struct log_witness {
	void *self;
	/* `content` is what was read (shape.h), of which the record's offsets are. `is_more`: a
	 * line that belongs to the records before it, although no row reads it (of a dump …). */
	void (*saw)(void *self, struct str content, const struct log_record *r, bool is_more);
};

struct log_stats {
	uint64_t bytes, lines, records, unread, prose_lines;
	bool is_limited; /* a ceiling was reached */
};

struct log_reader;

/* Reads `content` (borrowed, must outlive the reader). `arena` receives the records' text;
 * it is never reset by the reader. */
struct log_reader *log_open(struct str content, uint16_t input, int year, struct arena *arena);
/* Goes on with the octets [start, end) of `whole` only, which begin in line `line`; what was
 * read so far still counts. */
void log_section(struct log_reader *r, struct str whole, size_t start, size_t end, uint64_t line);
/* That stretch ends at `end` only: before its last record is read. */
void log_extend(struct log_reader *r, size_t end);
/* Octets of the stretch that were not read yet. A record is told from what follows it: a stretch
 * that goes on is to be extended while at least LOG_AHEAD are left. */
size_t log_left(struct log_reader *r);
enum { LOG_AHEAD = 4 * LIMIT_RECORD };
/* False at the end. */
bool log_next(struct log_reader *r, struct log_record *ret);
const struct log_stats *log_stats(const struct log_reader *r);
void log_close(struct log_reader *r);

/* What follows goes into `arena`; records that were given keep theirs (record_move). */
void log_use(struct log_reader *r, struct arena *arena);

/* Copies everything that the record borrows from an arena into `to`. */
void record_move(struct log_record *r, struct arena *to);

/* One value more; NULL when there is no room. */
struct said_value *record_add(struct log_record *r, struct arena *arena, enum log_field f,
			      struct str text);

/* Notes that value `at` is the first one of that field. */
void places_note(struct log_places *p, enum log_field f, size_t at);

/* Where a field stands among the values of a record that has it beyond PLACE_MOST. */
const struct said_value *record_value_far(const struct log_record *r, enum log_field f);

/* The value of a field, or NULL / the empty str / false. Each step asks several of every record. */
static inline const struct said_value *record_value_of(const struct log_record *r, enum log_field f)
{
	size_t at;

	if (!(r->fields >> f & 1))
		return NULL;
	at = r->places.of[f / 2] >> (f % 2 ? PLACE_BITS : 0) & PLACE_MOST;
	return at < r->n_values && r->values[at].field == f ? &r->values[at]
							    : record_value_far(r, f);
}

/* The values of record `i` + some are asked for soon: a window has more of them than the caches of
 * a processor hold, and each step that walks through it would wait for them again. */
static inline void record_soon(const struct log_record *records, size_t i, size_t n)
{
	enum { AHEAD = 8 };

	if (i + AHEAD < n)
		__builtin_prefetch(records[i + AHEAD].values);
}

static inline struct str record_text(const struct log_record *r, enum log_field f)
{
	const struct said_value *v = record_value_of(r, f);

	return v ? v->text : (struct str){NULL, 0};
}

static inline bool record_number(const struct log_record *r, enum log_field f, uint64_t *ret)
{
	const struct said_value *v = record_value_of(r, f);

	if (!v || v->text.len == 0)
		return false;
	*ret = v->number;
	return true;
}

#endif

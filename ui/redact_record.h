/* `redact`: one record of a log. */
#ifndef L2TPSCOPE_REDACT_RECORD_H
#define L2TPSCOPE_REDACT_RECORD_H

#include "flow.h"
#include "log_record.h"
#include "redact_text.h"

/* Which octets of a text were read, and as what. */
struct read_span {
	uint64_t start, end;
	uint32_t body;                 /* octets from the start to the text behind stamp and tag */
	uint32_t host, host_length;    /* within the octets before the body; 0 octets: none */
	const struct grammar_row *row; /* NULL: none read it */
	bool is_more;                  /* it belongs to what stands before it */
};

struct record_writer {
	struct redactor r;
	struct str content;
	struct grammar *ios, *daemons;
	struct flow flow; /* of one record */
	struct text out;
	struct dump_row *rows; /* room for a dump; NULL until one is asked for */
};

void record_writer_open(struct record_writer *w, struct redact_map *map, struct secrets *secrets,
			struct str content);
void record_writer_close(struct record_writer *w);
/* Stamp, host and tag. */
void record_head_put(struct record_writer *w, const struct read_span *s);
void record_body_put(struct record_writer *w, const struct read_span *s);

/* The values of a record are met: names, users, numbers. */
void record_meet(struct redact_map *m, const struct log_record *r);

#endif

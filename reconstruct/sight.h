/* When and where a fact was seen: enough for evidence, small enough to keep by the dozen in every
 * call. What few marks have stands behind a pointer; what the message said is formed when
 * somebody asks. A mark that is all zero is not set. */
#ifndef L2TPSCOPE_SIGHT_H
#define L2TPSCOPE_SIGHT_H

#include "event.h"

/* The message of a mark in short. */
enum gist {
	GIST_NONE,
	/* with the identifier of the packet */
	GIST_CONFREQ,
	GIST_CONFACK,
	GIST_CONFNAK,
	GIST_CONFREJ,
	GIST_TERMREQ,
	GIST_TERMACK,
	GIST_CHALLENGE,
	GIST_RESPONSE,
	GIST_PAP_REQUEST,
	GIST_SUCCESS,
	GIST_FAILURE,
	/* with the result code */
	GIST_CDN_RESULT,
	GIST_STOPCCN_RESULT,
	/* alone */
	GIST_CDN,
	GIST_STOPCCN,
	GIST_OPENED,
	GIST_STARTS_OVER,
};

/* What a mark of a log has beside its time, and a mark of damage. */
struct mark_words {
	uint16_t input;
	struct str stamp; /* the time as it was printed */
	struct str text;  /* the message in short, where no gist fits */
	uint64_t line;    /* of a mark that also has a frame: a capture printed as text */
	const struct defect *damage; /* what is hurt in this line, or NULL */
};

struct mark {
	int64_t ns;
	union {
		uint16_t input;
		const struct mark_words *words; /* has_words: the input stands there */
	} in;
	/* The event's number, and its frame or line: 40 bits each, enough for terabytes. */
	uint32_t number_low, place_low;
	uint8_t number_high, place_high;
	uint16_t vantage;
	bool is_set : 1;
	bool is_inferred : 1; /* follows from something else that was seen */
	bool is_line : 1;     /* the place is a line */
	bool is_unsynced : 1;
	uint8_t grain : 4;
	uint8_t kind : 3, epoch : 5; /* of its moment */
	bool has_words : 1;
	uint8_t gist : 7;
	uint8_t gist_number;
};

/* The same spelled out, to make a mark of. */
struct sight {
	uint16_t input, vantage;
	uint64_t frame, line, number;
	struct moment when;
};
struct mark mark_at(struct sight s);
/* What `grain` says of a resolution. */
uint8_t mark_grain(int64_t ns);
/* Without its stamp. */
static inline struct mark mark_of_event(const struct event *e)
{
	enum { MICROSECOND = 1000, GRAIN_MICROSECOND = 4 }; /* captures have microseconds */
	uint64_t at = e->origin.frame ? e->origin.frame : e->origin.line;
	uint8_t grain =
		e->when.grain_ns == MICROSECOND ? GRAIN_MICROSECOND : mark_grain(e->when.grain_ns);

	return (struct mark){.ns = e->when.ns,
			     .in.input = e->origin.input,
			     .number_low = (uint32_t)e->number,
			     .number_high = (uint8_t)(e->number >> 32),
			     .place_low = (uint32_t)at,
			     .place_high = (uint8_t)(at >> 32),
			     .vantage = e->origin.vantage,
			     .is_set = true,
			     .is_line = e->origin.line != 0 && e->origin.frame == 0,
			     .is_unsynced = e->when.is_unsynced,
			     .grain = grain & 15u,
			     .kind = e->when.kind & 7u,
			     .epoch = e->when.epoch & 31u};
}

uint16_t mark_input(const struct mark *m);
/* event.number */
static inline uint64_t mark_number(const struct mark *m)
{
	return (uint64_t)m->number_high << 32 | m->number_low;
}
uint64_t mark_frame(const struct mark *m); /* 0: none */
uint64_t mark_line(const struct mark *m);  /* 0: none */
struct moment mark_when(const struct mark *m);
struct str mark_stamp(const struct mark *m);
const struct defect *mark_damage(const struct mark *m);
/* "CDN result 1 (Loss of carrier)"; empty when it does not say. In `a` where it must be formed. */
struct str mark_said(struct arena *a, const struct mark *m);

/* Another time for the same sight. */
void mark_set_when(struct mark *m, struct moment when);
void mark_set_number(struct mark *m, uint64_t number);
/* These need memory of `a`; on a full arena the mark stays as it was. */
void mark_set_place(struct arena *a, struct mark *m, uint64_t frame, uint64_t line);
void mark_set_stamp(struct arena *a, struct mark *m, struct str stamp);
/* That of `of`, which has one, when it is the same, and of the same input; false otherwise. */
bool mark_share_stamp(struct mark *m, const struct mark *of, struct str stamp);
void mark_set_text(struct arena *a, struct mark *m, struct str text);
void mark_set_damage(struct arena *a, struct mark *m, const struct defect *damage);

#endif

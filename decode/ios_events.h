/* Log records → events: one message is one event.
 *
 * IOS spreads a message over many records: `Parse AVP …` lines and their values stand before
 * the packet line, the dump behind it, `I SCCRP from LNS` later still. The records of a window
 * are told apart by console (console.h), gathered into groups (window_group), repaired
 * (repair.h), and each group then becomes one event at its anchor: the record that tells that
 * the message was sent or received. */
#ifndef L2TPSCOPE_IOS_EVENTS_H
#define L2TPSCOPE_IOS_EVENTS_H

#include "hexdump.h"
#include "ios_words.h"
#include "log_record.h"
#include "secrets.h"

struct l2tp_decoder;
struct frame_decoder;

enum group_kind { GROUP_MESSAGE, GROUP_PPP, GROUP_FRAME };

/* One option of a PPP packet as the log shows it raw. */
struct ppp_tlv {
	uint32_t at;            /* the first record of the option */
	struct span octets;     /* type, length, value; as far as printed */
	uint8_t number, length; /* 0 unknown */
	bool is_whole;
};

/* The records that make one message. */
struct group {
	enum group_kind kind;
	uint32_t first, last; /* records between these with window.group[i] == its number */
	uint32_t anchor;
	bool has_head;
	/* GROUP_MESSAGE, filled by message_read: */
	uint16_t message; /* MESSAGE_UNKNOWN until known */
	bool has_sense;
	enum sense sense;
	struct l2tp_head head;
	struct avp *parsed;  /* from the Parse lines, in their order */
	uint32_t *parsed_at; /* record of each value, or of the Parse line */
	size_t n_parsed;
	bool has_all_parsed;           /* from AVP 0 to `No missing AVPs` */
	struct dump dump;              /* bytes empty: none was printed */
	uint32_t dump_at;              /* record whose dump it is */
	const struct rebuilt *rebuilt; /* rebuild_messages; NULL before, or unknown */
	/* GROUP_FRAME: sense and dump, filled by frame_read. */
	/* GROUP_PPP, filled by ppp_group_read: */
	struct ppp_tlv *tlvs; /* the raw options, in order */
	size_t n_tlvs;
};

/* `L2TP tnl 08062:0000B9C4:` binds the handle 08062 to our tunnel 0xB9C4; `L2TP 00003:08062:…:`
 * of a session then names its tunnel only by the handle. The latest HANDLES are known. */
enum { HANDLES = 256, HANDLE_LETTERS = 5 };

struct handle {
	char name[HANDLE_LETTERS];
	uint16_t console;
	uint32_t tunnel; /* 0: none here */
};

/* Records that are held while they are told apart. Group numbers begin at 1. */
struct window {
	struct log_record *records;
	uint16_t *console;
	uint32_t *group;
	size_t n, room;
	struct group *groups; /* groups[0] is unused */
	size_t n_groups, groups_room;
	struct arena *arena; /* repaired text and values; lives as long as the records */
	struct secrets *secrets;
	struct l2tp_decoder *packets; /* for dumps of whole messages; may be NULL */
	struct frame_decoder *frames; /* likewise of whole frames */
	bool without_octets;          /* nobody asks for event.rebuilt */
	struct handle handles[HANDLES];
	size_t n_handles;
};

/* Room for one more record, which is there when it is counted. */
struct log_record *window_room(struct window *w);
void window_add(struct window *w);
/* Forgets the first `n` records and all groups. */
void window_drop(struct window *w, size_t n);
void window_free(struct window *w);

/* Gathers the records into groups. Consoles must be assigned. */
void window_group(struct window *w);

/* Where a window may be cut at or before `at` without cutting a group. */
size_t window_cut(const struct window *w, size_t at);

/* The event that record `i` anchors. False when it anchors none: it belongs to another
 * record's event. Parts live in `a` and in the window. event.origin.vantage is the console. */
bool event_from_record(const struct window *w, size_t i, struct arena *a, struct event *ret);

/* ios_message.c: reads what a group's records say into the group. */
void message_read(struct window *w, uint32_t group);
/* Holds print against bytes; the bytes decide. After damaged dumps were repaired. */
void message_check(struct window *w, uint32_t group);
/* A line that speaks of the message received before it: `Got a challenge in SCCRQ, hgw`. */
void message_said(struct window *w, size_t i);
void message_event(const struct window *w, uint32_t group, struct arena *a, struct event *e);
/* What the text says of the message besides its dump. */
struct dump_facts message_facts(const struct group *g);

/* ios_frame.c: the dump of record `i` is one of an Ethernet frame: its group. */
bool frame_read(struct window *w, size_t i, struct group *ret);
/* False when the frame holds nothing that is replayed. */
bool frame_event(const struct window *w, size_t i, struct event *ret);

/* ios_rebuild.c: every message octet by octet, what one console does not print taken from the
 * other. After repair_messages. */
void rebuild_messages(struct window *w);

/* ios_ppp_event.c: reads the raw options of a packet's option records into the group. */
void ppp_group_read(struct window *w, uint32_t group);
void ppp_event(const struct window *w, size_t i, struct arena *a, struct event *e);
/* ios_handles.c: gives records from `from` on the tunnel that their handle names. Consoles must be
 * assigned. */
void handles_resolve(struct window *w, size_t from);

/* ios_radius_event.c: false when record `i` names no packet of RADIUS. */
bool radius_event(const struct window *w, size_t i, struct arena *a, struct event *e);

/* The value of an AVP_VALUE record, whichever field holds it. */
struct str record_value(const struct log_record *r);

#endif

/* What gatherers of daemon logs make events with, and what they know together of one device.
 *
 * Events that are made here wait in a queue and are given out in that order; their parts live
 * until the queue was given out. What must be kept longer is copied with speech_keep(). */
#ifndef L2TPSCOPE_SPEECH_H
#define L2TPSCOPE_SPEECH_H

#include "code.h"
#include "daemon.h"
#include "device.h"
#include "l2tp.h"

struct speech {
	struct str content;  /* the whole text */
	struct arena *arena; /* of the waiting events */
	struct arena *names; /* as long as the source */
	struct secrets *secrets;
	struct l2tp_decoder *decoder;
	struct event *queue;
	size_t n, room, given;
	struct device *devices;
	size_t n_devices;
	void (*passed)(void *self, uint64_t offset); /* daemon_passes(); NULL: nobody is told */
	void *passed_self;
};
enum { PASSED_OCTETS = 1 << 20 };

/* Is it anywhere in the text? */
bool speech_has(const struct speech *s, struct str words);

struct device *speech_device(struct speech *s, const struct spoken *line);
struct str speech_keep(struct speech *s, struct str text);

/* A new event at the end of the queue, with everything that the line itself tells. Valid until
 * the next one is made. */
struct event *speech_event(struct speech *s, const struct spoken *line);

/* EVENT_SAID with the values that the row captured; speech_value adds more. */
struct event *speech_say(struct speech *s, const struct spoken *line, enum topic topic);
/* The same without values, of a call whose tunnel the log does not number: PPP of such a daemon is
 * still PPP of one (pppd.c). */
struct event *speech_say_of(struct speech *s, const struct spoken *line, const struct known_call *c,
			    enum topic topic);
void speech_value(struct speech *s, struct event *e, enum log_field field, struct str text);
/* What a daemon says when IP may pass means that IPCP is open; its own values mean something else.
 */
struct event *speech_say_ipcp_open(struct speech *s, const struct spoken *line);

/* Rows whose meaning is a fixed value: a row has one for each of its values. */
struct speech_meaning {
	const char *row;
	enum log_field field;
	const char *value;
};

/* Adds to the event what the row of the line means. */
void speech_mean(struct speech *s, struct event *e, const struct spoken *line,
		 const struct speech_meaning *all, size_t n);

/* EVENT_CONTROL without attributes yet. */
struct event *speech_message(struct speech *s, const struct spoken *line, enum sense sense,
			     uint16_t message);
/* AVPs in the order of the message; speech_avp_number in as many octets as the attribute has. */
void speech_avp(struct speech *s, struct event *e, uint16_t number, struct span value);
void speech_avp_number(struct speech *s, struct event *e, uint16_t number, uint64_t value);
void speech_avp_text(struct speech *s, struct event *e, uint16_t number, struct str value);
/* Result Code; `error` −1 when none was printed. */
void speech_avp_result(struct speech *s, struct event *e, unsigned result, int error,
		       struct str text);

/* Whole bytes of an L2TP message: control, or PPP in its tunnel. NULL when it is neither (plain
 * data; no L2TP). */
struct event *speech_packet(struct speech *s, const struct spoken *line, enum sense sense,
			    struct span packet);

/* Bytes of a PPP packet behind the protocol field. */
struct event *speech_ppp(struct speech *s, const struct spoken *line, enum sense sense,
			 uint16_t protocol, struct span packet);

/* Says whose event it is: the device's tunnel and call, by their ids on both sides. PPP of a
 * daemon travels in the tunnel. Either may be NULL. */
void event_bind(struct event *e, const struct known_tunnel *t, const struct known_call *c);

/* The same for a message that was dumped: by the ids in it and those it assigns; `otherwise` when
 * they tell nothing. */
void event_bind_packet(struct event *e, const struct device *d,
		       const struct known_tunnel *otherwise);

/* Type of a message by its name: SCCRQ, Start-Control-Connection-Request, Start-Ctrl-Conn-Request,
 * avpMsgTypeSccrq; MESSAGE_UNKNOWN when it is none. */
uint16_t speech_message_type(struct str name);

/* Numbers of a record's fields; 0 when not there. */
uint32_t spoken_number(const struct spoken *line, enum log_field field);
struct str spoken_text(const struct spoken *line, enum log_field field);
bool spoken_is(const struct spoken *line, const char *row);

#endif

/* What gatherers of daemon logs make events with, and what they know together of one device.
 *
 * Events that are made here wait in a queue and are given out in that order; their parts live
 * until the queue was given out. What must be kept longer is copied with speech_keep(). */
#ifndef L2TPSCOPE_SPEECH_H
#define L2TPSCOPE_SPEECH_H

#include "code.h"
#include "daemon.h"
#include "l2tp.h"

/* A tunnel of a device, as its daemon numbers it. */
struct known_tunnel {
	struct known_tunnel *next;
	uint32_t local, remote; /* 0 unknown */
	struct address address; /* of the peer */
	struct str dialed;      /* its DNS name, where that is all that is printed */
	uint16_t port;
	bool is_begun; /* its SCCRQ was told */
	bool is_asked; /* the peer opened it */
	bool is_closed;
	bool is_leaving; /* closed when it was looked at last (known_leave() in speech.c) */
};

/* A call of a device. */
struct known_call {
	struct known_call *next;
	struct known_tunnel *tunnel;
	uint32_t local, remote;
	uint32_t pid;         /* of its pppd, 0 unknown */
	struct str line;      /* of its pppd: /dev/pts/0 */
	struct str interface; /* ppp0, L-1 …; the same for all of its life */
	struct str alias;     /* what the daemon calls it now */
	bool is_begun;        /* its ICRQ was told */
	bool is_closed, is_lns;
	bool is_leaving;       /* as of a tunnel */
	bool asks_ipcp;        /* its pppd or the peer does, and neither says that it is open */
	bool is_asked_in_vain; /* and the link is over */
	bool has_cdn;          /* its CDN was told */
	bool is_answered;      /* its client's PAP request or CHAP response came */
	bool is_refused;       /* and was rejected: it will get no name */
	uint32_t magic[2]; /* [own] [peer's], 0 unknown: whose line it is while it has no name */
};

/* What all dialects know of one device. */
struct device {
	struct str host;
	struct str name; /* what its daemon calls the machine it runs on, without a host */
	uint32_t pid;    /* tells devices without a host apart */
	struct known_tunnel *tunnels; /* latest first; what was closed long ago is in no list */
	struct known_call *calls;
	size_t n_known;             /* of both, ever */
	struct known_call *waiting; /* a pppd was started for it; its pid is not known yet */
	struct moment when;         /* of its last line that had a time */
};

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

/* The latest open tunnel with that id, or NULL. `remote` 0: any. */
struct known_tunnel *device_tunnel(struct device *d, uint32_t local);
struct known_tunnel *device_tunnel_remote(struct device *d, uint32_t remote);
struct known_tunnel *device_tunnel_new(struct speech *s, struct device *d);
struct known_call *device_call(struct device *d, const struct known_tunnel *t, uint32_t local);
struct known_call *device_call_of_pid(struct device *d, uint32_t pid);
/* The log begins late, with one open call of a daemon whose pppd was not named, or (`of_pppd`) one
 * pppd whose daemon was not: that; NULL when more could be meant. */
struct known_call *device_call_lone(struct device *d, bool of_pppd);
struct known_call *device_call_new(struct speech *s, struct device *d, struct known_tunnel *t);

/* A new event at the end of the queue, with everything that the line itself tells. Valid until
 * the next one is made. */
struct event *speech_event(struct speech *s, const struct spoken *line);

/* EVENT_SAID with the values that the row captured; speech_value adds more. */
struct event *speech_say(struct speech *s, const struct spoken *line, enum topic topic);
void speech_value(struct speech *s, struct event *e, enum log_field field, struct str text);

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

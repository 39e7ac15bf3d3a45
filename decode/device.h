/* What all dialects know together of one device: its tunnels and calls, found by the ids that its
 * lines name. All of it lives as long as the source. */
#ifndef L2TPSCOPE_DEVICE_H
#define L2TPSCOPE_DEVICE_H

#include "address.h"
#include "arena.h"
#include "event.h"

struct speech;

/* What is looked up: a tunnel by our id and by the peer's, a call by its ids, its pppd, the name of
 * its interface, and by each of its ids in its tunnel. */
enum known_by {
	TUNNEL_LOCAL,
	TUNNEL_REMOTE,
	CALL_LOCAL,
	CALL_REMOTE,
	CALL_PID,
	CALL_ALIAS,
	CALL_LOCAL_IN,
	CALL_REMOTE_IN,
	KNOWN_BY,
	CALL_KEYS = KNOWN_BY - CALL_LOCAL,
	TUNNEL_KEYS = CALL_LOCAL,
};

/* A tunnel of a device, as its daemon numbers it. */
struct known_tunnel {
	struct known_tunnel *next;
	void *beside[TUNNEL_KEYS]; /* of device.c, as `device` and `born` are */
	struct device *device;
	size_t born;
	struct known_call *calls; /* in no order; a call that left the device left them, too */
	uint32_t local, remote;   /* 0 unknown; written by tunnel_set_…() alone */
	struct address address;   /* of the peer */
	struct address asked;     /* where it was asked, which may be another one (RFC 2661 8.1) */
	struct str dialed;        /* its DNS name, where that is all that is printed */
	uint16_t port;
	bool is_begun; /* its SCCRQ was told */
	bool is_asked; /* the peer opened it */
	bool is_closed;
	bool is_leaving; /* closed when it was looked at last (known_leave() in device.c) */
};

/* A call of a device. */
struct known_call {
	struct known_call *next;
	void *beside[CALL_KEYS]; /* of device.c, as `device` and `born` are */
	struct device *device;
	size_t born;
	struct known_call *sibling, **sibling_at; /* among the calls of its tunnel */
	struct known_tunnel *tunnel; /* this, the ids, pid and alias: by call_set_…() alone */
	uint32_t local, remote;
	uint32_t pid;         /* of its pppd, 0 unknown */
	uint32_t serial;      /* Call Serial Number, 0 unknown */
	struct str line;      /* of its pppd: /dev/pts/0 */
	struct str interface; /* ppp0, L-1 …; the same for all of its life */
	struct str alias;     /* what the daemon calls it now */
	bool is_begun;        /* its ICRQ was told */
	bool is_closed, is_lns;
	bool is_leaving; /* as of a tunnel */
	bool awaits_ncp; /* its pppd is there or IPCP is asked for, and nothing says that it is open
			  */
	bool is_in_vain; /* and the link is over */
	bool has_cdn;    /* its CDN was told */
	bool is_answered;  /* its client's PAP request or CHAP response came */
	bool is_refused;   /* and was rejected: it will get no name */
	uint32_t magic[2]; /* [own] [peer's], 0 unknown: whose line it is while it has no name */
};

/* Those of one hash stand behind each other, the latest first. */
struct known_slots {
	void **at;
	size_t n, used; /* slots, a power of 2; and what stands in them */
};

struct device {
	struct str host;
	struct str name; /* what its daemon calls the machine it runs on, without a host */
	uint32_t pid;    /* tells devices without a host apart */
	struct known_tunnel *tunnels; /* latest first; what was closed long ago is in no list */
	struct known_call *calls;
	size_t n_known;             /* of both, ever */
	struct known_call *waiting; /* a pppd was started for it; its pid is not known yet */
	struct moment when;         /* of its last line that had a time */
	struct moment stopped;      /* when its daemon was stopped */
	bool is_stopped;            /* and has not begun anew since */
	struct arena *arena;        /* of the slots */
	struct known_slots slots[KNOWN_BY];
};

/* New ones, the latest of their device. On a full arena one that is forgotten at once. */
struct known_tunnel *device_tunnel_new(struct speech *s, struct device *d);
struct known_call *device_call_new(struct speech *s, struct device *d, struct known_tunnel *t);

void tunnel_set_local(struct known_tunnel *t, uint32_t id);
void tunnel_set_remote(struct known_tunnel *t, uint32_t id);
void call_set_local(struct known_call *c, uint32_t id);
void call_set_remote(struct known_call *c, uint32_t id);
void call_set_pid(struct known_call *c, uint32_t pid);
void call_set_alias(struct known_call *c, struct str alias); /* kept by the caller */
void call_set_tunnel(struct known_call *c, struct known_tunnel *t);

/* The latest open tunnel with our id, or with the peer's; a closed one when none is open; or NULL,
 * as for id 0. */
struct known_tunnel *device_tunnel(struct device *d, uint32_t local);
struct known_tunnel *device_tunnel_remote(struct device *d, uint32_t remote);
/* The latest, open or not, of the peer's id (`is_remote`) or ours. */
struct known_tunnel *device_tunnel_latest(const struct device *d, bool is_remote, uint32_t id);

/* The latest call with that id: of the tunnel, or (`t` NULL) of any; NULL for id 0. */
struct known_call *device_call(struct device *d, const struct known_tunnel *t, uint32_t local);
struct known_call *device_call_by_remote(struct device *d, const struct known_tunnel *t,
					 uint32_t remote);
/* The latest of the tunnel by our id or (`is_remote`) the peer's, where 0 is one, too: that of
 * calls which have none yet. */
struct known_call *device_call_in(const struct device *d, const struct known_tunnel *t,
				  bool is_remote, uint32_t id);
/* The latest open call of the tunnel whose id this end has not told. */
struct known_call *device_call_unnamed(const struct device *d, const struct known_tunnel *t);
struct known_call *device_call_of_pid(struct device *d, uint32_t pid);
/* The latest call that the daemon calls so now; `is_open`: that is not closed. */
struct known_call *device_call_alias(const struct device *d, struct str alias, bool is_open);
/* The log begins late, with one open call of a daemon whose pppd was not named, or (`of_pppd`) one
 * pppd whose daemon was not: that; NULL when more could be meant. */
struct known_call *device_call_lone(struct device *d, bool of_pppd);
/* The same of calls that have ended, whatever else is open: the only one that lacks the other
 * half, of which the log tells then. */
struct known_call *device_call_lone_ended(struct device *d, bool of_pppd);

#endif

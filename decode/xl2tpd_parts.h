/* What the gatherer of xl2tpd's logs keeps of one device, and its files: xl2tpd.c has the table of
 * what a line does; whom a line is about and how far he came is in xl2tpd_call.c, messages that
 * were received and sent in xl2tpd_received.c and xl2tpd_sent.c, ends in xl2tpd_end.c. */
#ifndef L2TPSCOPE_XL2TPD_PARTS_H
#define L2TPSCOPE_XL2TPD_PARTS_H

#include "xl2tpd.h"

/* What the `…_avp` lines said since the last packet came. */
struct received {
	bool is_open;
	struct address address;
	uint32_t tunnel, call; /* ours, of its header */
	uint32_t peer_tunnel, peer_call, serial;
	bool has_peer_tunnel, has_peer_call, has_serial, has_result;
	bool has_challenge, has_response;
	uint16_t type; /* told by its first attribute; the line that sums it up may be missing */
	uint32_t firmware, window, result, tx, rx;
	bool has_firmware, has_window, has_tx, has_rx;
	int error;
	char host[128], vendor[128], text[256];
};

struct xl2tpd {
	bool is_scanned, has_dumps;
	bool has_requests; /* packets of LCP are printed, in as much of the text as was searched */
	size_t searched;
	bool is_dumping; /* a dump was read; with its output buffered they all come at the end */
	struct xl2tpd_dump dump;
	struct received in;
	uint32_t peer_tunnel, peer_call; /* of the last `Tunnel is …, call is …` */
	struct known_tunnel *opening;    /* dialled: its own id is not printed yet */
	struct known_tunnel *tunnel;     /* that was last spoken of */
	struct known_call *call;
	bool said_sccrq, said_icrq; /* told before by a line of less detail */
	uint16_t last_received;     /* its `Connection closed` follows */
	uint32_t ending_tunnel;     /* ours: given up, or closed by this end */
	struct spoken line;         /* of the type */
	char stamp[64], line_text[128];
};

/* ---- whom a line is about: xl2tpd_call.c ---- */

/* The tunnel with our id; a dialled one whose id now shows up first. NULL: the id is 0, which is
 * none. */
struct known_tunnel *xl2tpd_tunnel(struct speech *s, struct xl2tpd *x, struct device *d,
				   uint32_t local);
struct known_call *xl2tpd_call(struct speech *s, struct device *d, struct known_tunnel *t,
			       uint32_t local);
/* Whether the tunnel may be with the peer that the line names. */
bool xl2tpd_is_with(struct speech *s, const struct known_tunnel *t, const struct spoken *line);
/* The peer's address, or the name that xl2tpd was told to ask. */
void xl2tpd_set_address(struct speech *s, struct known_tunnel *t, const struct spoken *line);
/* An argument of `start_pppd`: the line that this pppd runs on. */
void xl2tpd_take_argument(struct speech *s, struct xl2tpd *x, struct str quoted);
void xl2tpd_take_start_pppd(struct speech *s, struct xl2tpd *x, const struct spoken *line);
void xl2tpd_take_no_socket(struct speech *s, struct xl2tpd *x, const struct spoken *line);
void xl2tpd_take_pid(struct speech *s, struct xl2tpd *x, const struct spoken *line);
void xl2tpd_take_disconnecting(struct speech *s, struct xl2tpd *x, const struct spoken *line);
void xl2tpd_take_established(struct speech *s, struct xl2tpd *x, const struct spoken *line);
void xl2tpd_take_call(struct speech *s, struct xl2tpd *x, const struct spoken *line);
void xl2tpd_take_exited(struct speech *s, struct xl2tpd *x, const struct spoken *line);

/* ---- logs that begin late: xl2tpd_late.c ---- */

/* xl2tpd stops the pppd of a call right behind the line that ends the call or its tunnel `t` (NULL:
 * not named), and by its pid tells which call that is: also of one that was up before the log
 * began, which then gets its tunnel. NULL where the log does not say. */
struct known_call *xl2tpd_call_that_ends(struct speech *s, struct xl2tpd *x,
					 const struct spoken *line, struct known_tunnel *t);
/* The ids of a tunnel stand in the last lines on it first: its only call tells which one it is. */
void xl2tpd_name_tunnel(struct speech *s, const struct known_tunnel *t);

/* ---- messages ---- */

bool xl2tpd_is_about_call(uint16_t message);
/* The lines between a packet and what it is; false for any other line. */
bool xl2tpd_take_attribute(struct received *in, const struct spoken *line);
void xl2tpd_take_recv(struct xl2tpd *x, const struct spoken *line);
/* What arrives for a call of ours that was never spoken of: it was up before the log began. */
void xl2tpd_say_known(struct speech *s, struct xl2tpd *x, const struct spoken *line);
/* Our id of the tunnel that the peer calls `remote`, from a line soon behind this one that tells
 * both; 0: none does. */
uint32_t xl2tpd_local_of_remote(const struct speech *s, const struct spoken *line, uint32_t remote);
/* Whether the next line that tells both is one of its end by the peer. */
bool xl2tpd_closes_next(const struct speech *s, const struct spoken *line, uint32_t remote);
void xl2tpd_message_received(struct speech *s, struct xl2tpd *x, const struct spoken *line,
			     uint16_t message);
void xl2tpd_message_sent(struct speech *s, struct xl2tpd *x, const struct spoken *line,
			 uint16_t message, struct known_tunnel *t, struct known_call *c);
void xl2tpd_take_sending(struct speech *s, struct xl2tpd *x, const struct spoken *line);
void xl2tpd_take_connecting(struct speech *s, struct xl2tpd *x, const struct spoken *line);
void xl2tpd_take_calling(struct speech *s, struct xl2tpd *x, const struct spoken *line);
/* The words that go with an end, where its attributes are not printed. */
void xl2tpd_say_text(struct speech *s, const struct spoken *line, const struct known_tunnel *t,
		     const struct known_call *c);
/* As much of `s` as has room, with a NUL. */
void xl2tpd_keep_text(char *room, size_t size, struct str s);

/* ---- ends: xl2tpd_end.c ---- */

void xl2tpd_take_closed_call(struct speech *s, struct xl2tpd *x, const struct spoken *line);
void xl2tpd_take_closed_by_peer(struct speech *s, struct xl2tpd *x, const struct spoken *line);
void xl2tpd_take_closed(struct speech *s, struct xl2tpd *x, const struct spoken *line);
void xl2tpd_take_out_of_addresses(struct speech *s, struct xl2tpd *x, const struct spoken *line);
void xl2tpd_take_call_closed(struct speech *s, struct xl2tpd *x, const struct spoken *line);
void xl2tpd_take_death(struct speech *s, struct xl2tpd *x, const struct spoken *line);

#endif

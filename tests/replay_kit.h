/* Scripts of hand-made events as captures and consoles give them, for tests of the replay. */
#ifndef L2TPSCOPE_REPLAY_KIT_H
#define L2TPSCOPE_REPLAY_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "log_record.h"
#include "replay.h"

/* ---- a script of events ---- */

struct feed {
	struct replay *replay;
	uint64_t number;
	int64_t ms;
};

static inline struct feed feed_new(void)
{
	struct replay_options options = {.keep_steps = true, .asks_steps = true};

	return (struct feed){.replay = replay_new(&options)};
}

static inline const struct report *feed_end(struct feed *f)
{
	replay_end(f->replay, NULL, 0);
	return replay_report(f->replay);
}

static inline void feed_event(struct feed *f, struct event e)
{
	e.number = ++f->number;
	f->ms += 10;
	e.when = (struct moment){.ns = f->ms * 1000000, .grain_ns = 1000, .kind = CLOCK_ABSOLUTE};
	replay_feed(f->replay, &e);
}

enum { LAC_TUNNEL = 17688, LNS_TUNNEL = 55270, LAC_SESSION = 7, LNS_SESSION = 45 };

struct avps {
	struct avp at[16];
	uint8_t values[16][64];
	size_t n;
};

static inline void avp_octets(struct avps *a, uint16_t number, const void *at, size_t len)
{
	memcpy(a->values[a->n], at, len);
	a->at[a->n] = (struct avp){.number = number,
				   .value = {.at = a->values[a->n], .len = len},
				   .is_whole = true,
				   .row = avp_lookup(0, number)};
	a->n++;
}

static inline void avp_u16(struct avps *a, uint16_t number, uint16_t value)
{
	uint8_t octets[2] = {(uint8_t)(value >> 8), (uint8_t)value};

	avp_octets(a, number, octets, 2);
}

static inline void avp_string(struct avps *a, uint16_t number, const char *text)
{
	avp_octets(a, number, text, strlen(text));
}

static inline struct event on_wire(bool from_lac)
{
	struct party lac = {.address = address_v4(0x0a330644), .port = 1701};
	struct party lns = {.address = address_v4(0x0a330652), .port = 1701};

	return (struct event){.origin = {.frame = 1},
			      .from = from_lac ? lac : lns,
			      .to = from_lac ? lns : lac,
			      .l2tp = {.is_present = true,
				       .version = 2,
				       .has_ids = true,
				       .tunnel_id = from_lac ? LNS_TUNNEL : LAC_TUNNEL}};
}

static inline void wire_control(struct feed *f, bool from_lac, uint16_t message, uint16_t ns,
				uint16_t nr, uint32_t session, const struct avps *a)
{
	struct event e = on_wire(from_lac);

	e.kind = EVENT_CONTROL;
	e.l2tp.is_control = true;
	e.l2tp.has_sequence = true;
	e.l2tp.ns = ns;
	e.l2tp.nr = nr;
	e.l2tp.session_id = session;
	if (message == SCCRQ)
		e.l2tp.tunnel_id = 0;
	e.control = (struct control){.message = message, .is_complete = true};
	if (a) {
		e.control.avps = a->at;
		e.control.has_numbers = false;
		e.control.n_avps = a->n;
	}
	feed_event(f, e);
}

static inline void wire_ppp(struct feed *f, bool from_client, uint16_t protocol, uint8_t code,
			    uint8_t id)
{
	struct event e = on_wire(from_client);

	e.kind = EVENT_PPP;
	e.l2tp.session_id = from_client ? LNS_SESSION : LAC_SESSION;
	e.ppp = (struct ppp){.protocol = protocol, .code = code, .id = id, .has_id = true};
	if (protocol == PPP_CHAP && code == CHAP_RESPONSE)
		e.ppp.name = STR("alice");
	feed_event(f, e);
}

static inline void wire_tunnel(struct feed *f)
{
	struct avps sccrq = {0}, sccrp = {0};

	avp_string(&sccrq, 7, "hgw");
	avp_u16(&sccrq, 9, LAC_TUNNEL);
	avp_string(&sccrp, 7, "l2tp-gw");
	avp_u16(&sccrp, 9, LNS_TUNNEL);
	wire_control(f, true, SCCRQ, 0, 0, 0, &sccrq);
	wire_control(f, false, SCCRP, 0, 1, 0, &sccrp);
	wire_control(f, true, SCCCN, 1, 1, 0, NULL);
}

static inline void wire_incoming(struct feed *f)
{
	struct avps icrq = {0}, icrp = {0};

	avp_u16(&icrq, 14, LAC_SESSION);
	avp_string(&icrq, 22, "2085730592");
	avp_u16(&icrp, 14, LNS_SESSION);
	wire_control(f, true, ICRQ, 2, 1, 0, &icrq);
	wire_control(f, false, ICRP, 1, 3, LAC_SESSION, &icrp);
	wire_control(f, true, ICCN, 3, 2, LNS_SESSION, NULL);
	wire_control(f, false, ZLB, 2, 4, 0, NULL);
}

static inline void wire_lcp(struct feed *f)
{
	wire_ppp(f, true, PPP_LCP, CP_CONFREQ, 1);
	wire_ppp(f, false, PPP_LCP, CP_CONFREQ, 9);
	wire_ppp(f, false, PPP_LCP, CP_CONFACK, 1);
	wire_ppp(f, true, PPP_LCP, CP_CONFACK, 9);
}

static inline void assert_healthy(const struct report *r)
{
	for (const struct tunnel *t = r->tunnels; t; t = t->next) {
		assert_null(t->verdicts);
		for (const struct session *s = t->sessions; s; s = s->next) {
			if (s->verdicts)
				fail_msg("%s in %s: %s", s->verdicts->machine->name,
					 s->verdicts->machine->states[s->verdicts->state],
					 s->verdicts->row ? s->verdicts->row->why : "no row");
		}
	}
}

/* ---- consoles ---- */

struct console {
	struct feed *feed;
	uint16_t vantage;
	uint64_t line;
	uint32_t tunnel, peer_tunnel;
	const char *peer;
};

static inline struct event spoken(struct console *k, enum sense sense, uint32_t session,
				  uint32_t peer_session, const char *interface)
{
	struct party here = {.tunnel_id = k->tunnel, .session_id = session};
	struct party there = {.tunnel_id = k->peer_tunnel, .session_id = peer_session};
	bool is_received = sense == RECEIVED;

	there.name = str_of(k->peer);
	k->line++;
	return (struct event){.origin = {.vantage = k->vantage, .line = k->line},
			      .sense = sense,
			      .from = is_received ? there : here,
			      .to = is_received ? here : there,
			      .interface = str_of(interface)};
}

static inline void log_control(struct console *k, enum sense sense, uint16_t message,
			       uint32_t session, uint32_t peer_session, const char *interface)
{
	struct event e = spoken(k, sense, session, peer_session, interface);

	e.kind = EVENT_CONTROL;
	e.l2tp = (struct l2tp_head){.is_present = true, .version = 2, .is_control = true};
	e.control.message = message;
	feed_event(k->feed, e);
}

static inline void log_said(struct console *k, enum topic topic, uint32_t session,
			    const char *interface, enum log_field f1, const char *v1,
			    enum log_field f2, const char *v2)
{
	struct event e = spoken(k, SENT, session, 0, interface);
	const struct said_value values[2] = {{.field = (uint16_t)f1, .text = str_of(v1)},
					     {.field = (uint16_t)f2, .text = str_of(v2)}};

	e.kind = EVENT_SAID;
	if (!k->tunnel)
		e.from.tunnel_id = 0;
	e.said = (struct said){.topic = topic, .values = values, .n_values = 2};
	feed_event(k->feed, e);
}

static inline void log_state(struct console *k, uint32_t session, const char *interface,
			     const char *before, const char *after)
{
	log_said(k, session ? SAID_SESSION_STATE : SAID_TUNNEL_STATE, session, interface,
		 FIELD_BEFORE, before, FIELD_AFTER, after);
}

/* A record that names only an interface. */
static inline void link_said(struct console *k, enum topic topic, const char *interface,
			     enum log_field f1, const char *v1, enum log_field f2, const char *v2)
{
	struct console nameless = *k;

	nameless.tunnel = 0;
	nameless.peer_tunnel = 0;
	nameless.peer = NULL;
	log_said(&nameless, topic, 0, interface, f1, v1, f2, v2);
	k->line = nameless.line;
}

static inline void log_ppp(struct console *k, enum sense sense, const char *interface,
			   uint16_t protocol, uint8_t code, uint8_t id, bool is_virtual)
{
	struct console nameless = *k;
	struct event e;

	nameless.tunnel = 0;
	nameless.peer_tunnel = 0;
	e = spoken(&nameless, sense, 0, 0, interface);
	e.kind = EVENT_PPP;
	e.is_virtual = is_virtual;
	e.ppp = (struct ppp){
		.protocol = protocol, .code = code, .id = id, .has_id = true, .claimed_state = -1};
	if (protocol == PPP_CHAP && code == CHAP_RESPONSE)
		e.ppp.name = STR("2500-1");
	k->line = nameless.line;
	feed_event(k->feed, e);
}

#endif

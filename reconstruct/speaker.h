/* Text: which tunnel, session and PPP link a console's record is about.
 *
 * A console names its own ids; before they exist it names the peer, and PPP it names by
 * interface. What comes too early is kept and joined when a record carries both. */
#ifndef L2TPSCOPE_SPEAKER_H
#define L2TPSCOPE_SPEAKER_H

#include "observer.h"

/* The tunnel and session of a record, found, made or bound; NULL where it names none. */
struct tunnel *speaker_tunnel(struct context *c);
struct session *speaker_session(struct context *c, struct tunnel *t);

/* The session of a record that names only an interface; a stray when none is bound. NULL when
 * it names no interface either. */
struct session *speaker_link(struct context *c);

/* A record names both: from now on the interface is the session's. */
void speaker_bind(struct context *c, struct session *s);
/* The console asked for `s` and named no interface: it is for the one caller that it forwards. */
void speaker_forward(struct context *c, struct session *s);

/* `Virtual interface created for USER`: the latest call that has no interface yet. */
struct session *speaker_cloned(struct context *c);
/* Its proxy name is known: the interface that is made for that user is its own. */
void speaker_named(struct context *c, struct session *s);

/* The call was told, and is over: no later record is about it. */
void speaker_forget(struct observer *o, struct session *s);

/* The interface went down: what comes next on it is another call. */
void speaker_unbind(struct context *c, struct session *s);

/* Index of the console's end in the PPP link: CLIENT or LNS; `ret_at_lac` for a console that
 * is the LAC, speaking with the caller. PPP with an L2TP header travels in the tunnel: a LAC
 * that speaks it is the client itself (xl2tpd and its pppd). */
unsigned speaker_side(const struct context *c, const struct session *s, bool *ret_at_lac);

/* "Se0:0" of Serial0:0; in `c`'s arena. */
struct str speaker_interface(struct context *c, struct str name);

#endif

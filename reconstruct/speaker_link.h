/* What speaker.c (tunnels and sessions by their ids) and speaker_link.c (links by their
 * interfaces) need of each other. */
#ifndef L2TPSCOPE_SPEAKER_LINK_H
#define L2TPSCOPE_SPEAKER_LINK_H

#include "speaker.h"

/* The console's own end of a record, and the other one. */
const struct party *speaker_local(const struct event *e);
const struct party *speaker_remote(const struct event *e);

/* A tunnel of which `local` is the console's end. */
struct tunnel *speaker_tunnel_new(struct context *c, unsigned local, bool roles_known,
				  bool is_fresh);

/* `s`, which is now the session that was created or moved last. */
struct session *speaker_moved(struct context *c, struct session *s);

/* The interface that the record names, in short form, or empty. */
struct str speaker_named_interface(struct context *c);
/* Which session has it; `make`: also where nobody has yet. */
struct binding *speaker_binding(struct context *c, struct str interface, bool make);

#endif

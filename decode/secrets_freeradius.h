/* FreeRADIUS files as sources of secrets: `users` (mods-config/files/authorize) with
 * Cleartext-Password and Tunnel-Password, and `clients.conf` with the secret of each client.
 * A line is read at a time; each function returns NULL, or what is wrong with the line. */
#ifndef L2TPSCOPE_SECRETS_FREERADIUS_H
#define L2TPSCOPE_SECRETS_FREERADIUS_H

#include "secrets.h"

struct freeradius {
	struct secrets *secrets;
	struct arena *arena;
	struct str user;            /* of the entry that the line belongs to */
	struct str address, secret; /* of the client that is open */
	bool in_client;
	unsigned depth; /* of sections inside it */
};

/* Is the (trimmed) line one that only such a file has? */
bool freeradius_is_user(struct str line);
bool freeradius_is_client(struct str line);

/* `line` with the blanks it begins with: they tell reply items from a new entry. */
const char *freeradius_user_line(struct freeradius *f, struct str line);
const char *freeradius_client_line(struct freeradius *f, struct str line);

#endif

/* Secrets given with --secrets, or learned from the input (a RADIUS reply in a log, a
 * configuration). Values are shown only on request.
 *
 * File format (contract.md §2): a line each `tunnel PEER SECRET`, `user NAME PASSWORD`,
 * `radius ADDRESS SECRET`; `*` for any; fields by blanks, the last runs to the end of the
 * line; "…" for blanks or #; `hex:` for bytes; # comments. pppd's chap-secrets and
 * pap-secrets, xl2tpd's l2tp-secrets, and FreeRADIUS's users and clients.conf are recognised
 * too. */
#ifndef L2TPSCOPE_SECRETS_H
#define L2TPSCOPE_SECRETS_H

#include "arena.h"

enum secret_kind { SECRET_TUNNEL, SECRET_USER, SECRET_RADIUS };

struct secret {
	enum secret_kind kind;
	struct str who; /* host name, user name, address; "*" for any */
	struct span value;
	bool is_learned; /* found in the input itself */
	/* Learned for peers that were named, and tried for others as well: one that fits is
	 * proved, one that does not says nothing. */
	bool is_vague;
	struct str origin; /* "line 4 of FILE", "the RADIUS reply in frame 12"; or empty */
};

struct secrets;

struct secrets *secrets_new(void);
void secrets_free(struct secrets *s);
/* False and `why_not` (with the line) when the file cannot be read or a line is wrong. */
bool secrets_read(struct secrets *s, const char *path, struct text *why_not);
void secrets_add(struct secrets *s, enum secret_kind kind, struct str who, struct span value,
		 bool is_learned);
/* The same with all that is known of it; its strings are copied. */
void secrets_put(struct secrets *s, const struct secret *secret);
bool secrets_has(const struct secrets *s, enum secret_kind kind);
/* A hidden attribute was met that no secret opened. A tunnel secret that is learned after it is
 * worth a second look at the inputs. */
void secrets_miss(struct secrets *s);
bool secrets_came_late(const struct secrets *s);
/* Iterates over those that fit `who` (exact, or "*"), exact first, given before
 * learned; start with *at = 0. NULL at the end. */
const struct secret *secrets_find(const struct secrets *s, enum secret_kind kind, struct str who,
				  size_t *at);
/* All of a kind, in no order; start with *at = 0. NULL at the end. */
const struct secret *secrets_any(const struct secrets *s, enum secret_kind kind, size_t *at);

#endif

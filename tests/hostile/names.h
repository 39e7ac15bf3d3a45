/* What an input may hold to take effect in something that is made of it, and inputs full of it.
 * Each name has a word of its own (`m07m`), by which it is found again. */
#ifndef HOSTILE_NAMES_H
#define HOSTILE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct name {
	const char *octets;
	size_t len;
};

size_t names_count(void);
/* Its octets and its word (`m07m`) behind them. Up to NAME_OCTETS in all. */
struct name name_get(size_t i);
enum { NAME_OCTETS = 4200 };
/* Its end, as much as an attribute holds. */
struct name name_end(size_t i);

/* As text: what is no UTF-8 as U+FFFD, one for each octet, as JSON has it; NUL-terminated only when
 * the name holds no NUL itself. */
size_t name_as_text(const struct name *n, char *to, size_t room);

/* As a part of a line of a log: that ends where it ends, and a name cannot hold that. */
void name_write_on_line(const struct name *n, FILE *out);

/* A script for the weaver, and a log of IOS and pppd, in which every name stands wherever a peer
 * can put one. */
bool names_write_script(const char *path);
bool names_write_log(const char *path);

#endif

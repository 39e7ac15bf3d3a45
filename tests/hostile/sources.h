/* Where else a name comes from: what is not L2TPv2, what other programs log, and what is around
 * packets in a file. */
#ifndef HOSTILE_SOURCES_H
#define HOSTILE_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "names.h"

/* A name of the script below has the letter of its source behind its word: `m07mR`. All of them are
 * shown by `decode -v` and `decode --json`. */
#define SOURCES_LETTERS "ABCDEFGHIJKLMNO"
bool sources_can_hold(char letter, const struct name *n);

/* A script for the weaver: PPPoE, PAP, EAP, RADIUS, PPTP, L2TPv3, L2F. */
bool sources_write_script(const char *path);
/* A syslog of daemons and servers. */
bool sources_write_log(const char *path);
/* A pcap once more as pcapng, in whose options the names stand. */
bool sources_write_pcapng(const char *path, const char *pcap);
/* A tar whose members have the names, every sixth: a log of a few lines each. */
bool sources_write_bundle(const char *path);

#endif

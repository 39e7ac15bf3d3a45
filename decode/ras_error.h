/* The error numbers of Windows' remote access (raserror.h): in its events, and in the data of the
 * Terminate-Requests that it sends. */
#ifndef L2TPSCOPE_RAS_ERROR_H
#define L2TPSCOPE_RAS_ERROR_H

#include "arena.h"
#include "event.h"

struct ras_error {
	uint32_t code;
	bool is_judgement; /* the peer judged name and password */
	const char *words, *by;
};

/* NULL: not known, or it may mean anything. */
const struct ras_error *ras_error_find(uint32_t code);

/* The same of the sentence that an event says. */
const struct ras_error *ras_error_of_text(struct str text);

/* Of IPsec below L2TP, which was not asked for then; NULL: it is no such error. */
const char *ras_error_below(uint32_t code);

/* The sentences that are known, NULL at the end. */
const char *ras_error_sentence(size_t i);

/* Terminate data of Windows: its magic number, 00 3C CD 74, and the number of the error that made
 * it end the protocol; 0: none, as when its user hangs up. */
bool ras_error_of_terminate(const struct ppp *p, uint32_t *ret);

/* The same data as pppd prints it: `~^_*;^@<M-Mt^@^@^BM-f`. */
bool ras_error_of_printed(struct str text, uint32_t *ret);
/* How many octets of `s` that is; 0 when it does not begin with it. */
size_t ras_error_printed_length(struct str s);

/* "Windows: encryption required ... (742)", "Windows error 0: none". */
struct str ras_error_text(struct arena *a, uint32_t code);

#endif

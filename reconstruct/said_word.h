/* A router's words for the states of its ends: enum tunnel_state, session_state, cp_state and
 * link_state (machine.h). IOS has fewer words than a replay has states of a tunnel or session, so
 * several may stand behind one. */
#ifndef L2TPSCOPE_SAID_WORD_H
#define L2TPSCOPE_SAID_WORD_H

#include "text.h"

/* The states that it may mean, the likeliest first; 0-terminated. NULL: not known. */
const uint8_t *said_tunnel_word(struct str word);
const uint8_t *said_session_word(struct str word);
const uint8_t *said_cp_word(struct str word);
const uint8_t *said_phase_word(struct str word);

/* False also of a word that is not known. */
bool said_word_means(const uint8_t *states, uint8_t state);

#endif

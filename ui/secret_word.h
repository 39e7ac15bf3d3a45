/* Words that announce a secret: `password`, `key`, `psk`, each with what must stand around it so
 * that what follows is a value. They are English as well ("the password is wrong"): where nothing
 * but a blank stands behind one, what follows is a value only behind what configurations and logs
 * have before it. */
#ifndef L2TPSCOPE_SECRET_WORD_H
#define L2TPSCOPE_SECRET_WORD_H

#include "secret_value.h"

/* A word that announces a secret begins at `at`, and the secret stands behind it. */
bool secret_word_is_at(struct str line, size_t at, struct secret_place *ret);

#endif

/* What the parts of pppd's dialect share: pppd_rows.c what it prints, pppd.c what becomes of it. */
#ifndef L2TPSCOPE_PPPD_H
#define L2TPSCOPE_PPPD_H

#include "grammar.h"

extern const struct grammar_table pppd_table;

#endif

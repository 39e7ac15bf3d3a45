/* The tables of the Cisco IOS dialect; ios_rows.c puts them together. */
#ifndef L2TPSCOPE_IOS_ROWS_H
#define L2TPSCOPE_IOS_ROWS_H

#include "grammar.h"

extern const struct grammar_table ios_l2tp_table;
extern const struct grammar_table ios_ppp_table;
extern const struct grammar_table ios_aaa_table;
extern const struct grammar_table ios_call_table;
extern const struct grammar_table ios_config_table;

/* `LAC#show vpdn`. Read by log.c itself: no word tells a prompt, only its shape. */
extern const struct grammar_row ios_prompt_row;

#endif

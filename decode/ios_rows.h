/* The tables of the Cisco IOS dialect; ios_rows.c puts them together. */
#ifndef L2TPSCOPE_IOS_ROWS_H
#define L2TPSCOPE_IOS_ROWS_H

#include "grammar.h"

#define IF "{?{interface} }"

/* What newer IOS puts behind the facility: a handle of the control connection and the local tunnel
 * id in hex, or two handles and the local session id in hex; underscores where there is none yet.
 */
#define TAG                                                                                        \
	"{? tnl {request}:{?________}{?{tunnel:0x}}}"                                              \
	"{? {request}:{request}{?:{?________}{?{session:0x}}}}"
#define TUNNEL     "{?Tnl{?/Cl}{?/Sn}{? }{tunnel}{?/{session}} }"
#define L2TP       IF TUNNEL "{facility:L2TP|L2X}" TAG ": "
/* Before what goes with a message some releases print nothing. */
#define MAYBE_L2TP IF TUNNEL "{?{facility:L2TP|L2X}" TAG ": }"

extern const struct grammar_table ios_l2tp_table;
extern const struct grammar_table ios_newer_table;
extern const struct grammar_table ios_radius_table;
extern const struct grammar_table ios_ppp_table;
extern const struct grammar_table ios_aaa_table;
extern const struct grammar_table ios_call_table;
extern const struct grammar_table ios_config_table;

/* `LAC#show vpdn`. Read by log.c itself: no word tells a prompt, only its shape. */
extern const struct grammar_row ios_prompt_row;

#endif

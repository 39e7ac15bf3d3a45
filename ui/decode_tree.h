/* A message as a tree: every header field, attribute and option under Wireshark's name, with its
 * bytes when asked. */
#ifndef L2TPSCOPE_DECODE_TREE_H
#define L2TPSCOPE_DECODE_TREE_H

#include "run.h"

void decode_tree(struct run *r, const struct event *e);

#endif

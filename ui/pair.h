/* Which two calls `diff` is asked to compare:
 *
 *   diff 3 7 FILE...            two calls of one run
 *   diff FILE                   the two calls that it holds, or that --where leaves
 *   diff a.pcap b.pcap          the one call of each, or the one that --where or --call leaves
 *   diff a.pcap:3 b.pcap:1      the calls that `calls a.pcap` and `calls b.pcap` number so
 *   diff lac:3 lns:1 lac=a.log lns=b.log     the same, by name
 *
 * Two inputs are two runs: nothing of one is joined with the other. */
#ifndef L2TPSCOPE_PAIR_H
#define L2TPSCOPE_PAIR_H

#include "options.h"

/* After parsing: fills options.pair and puts the inputs of A before those of B. */
bool pair_resolve(struct options *o, struct text *why_not);

/* The options of one of two runs: its inputs alone. */
void pair_half(const struct options *o, unsigned side, struct options *ret);

#endif

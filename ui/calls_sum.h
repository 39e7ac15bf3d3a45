/* What the tables of calls and tunnels keep of what was told, until the end of the run: their rows
 * and sentences, most of them in a file when there are many. */
#ifndef L2TPSCOPE_CALLS_SUM_H
#define L2TPSCOPE_CALLS_SUM_H

struct calls_sum;
struct tunnels_sum;

void calls_sum_free(struct calls_sum *s);
void tunnels_sum_free(struct tunnels_sum *s);

#endif

/* How the getters of the field table make facts: unknown in, unknown out. */
#ifndef L2TPSCOPE_FACT_H
#define L2TPSCOPE_FACT_H

#include "field.h"

void fact_text(struct fact *f, struct str s);     /* empty is unknown */
void fact_word(struct fact *f, const char *word); /* NULL is unknown */
void fact_number(struct fact *f, uint64_t n);     /* any number */
void fact_id(struct fact *f, uint64_t n);         /* 0 is unknown */
void fact_code(struct fact *f, int n);            /* below 0 is unknown */
void fact_real(struct fact *f, double d);         /* below 0 is unknown */
void fact_truth(struct fact *f, bool is_true);
void fact_verified(struct fact *f, enum truth t);
void fact_result(struct fact *f, enum result r);
void fact_time(struct fact *f, const struct mark *m); /* not set is unknown */
void fact_address(struct fact *f, const struct subject *s, const struct address *a);
void fact_object(struct fact *f, bool is_there);
/* The rule ids, each once, most severe first. */
void fact_findings(struct fact *f, const struct finding_link *findings);
/* Text of an input, its secrets masked. */
struct str fact_masked(const struct subject *s, struct str text);

#endif

/* The fields of a record of a log, for those who make facts of them (said_tunnel.h,
 * said_session.h). */
#ifndef L2TPSCOPE_SAID_FIELD_H
#define L2TPSCOPE_SAID_FIELD_H

#include "log_record.h"
#include "observer.h"

/* Empty where the record has no such field; valid as long as the event. */
struct str said_value(const struct context *c, enum log_field field);
bool said_is(const struct context *c, enum log_field field, const char *word); /* in any case */
/* Into `ret`, unless it is known already. */
void said_keep(struct context *c, enum log_field field, struct str *ret);

/* What is printed beside a StopCCN or CDN whose attributes are not. */
void said_ending(struct context *c, struct ending *ending);

#endif

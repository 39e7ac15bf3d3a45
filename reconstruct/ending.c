#include "ending.h"

static struct mark ending_mark(struct context *c, int result)
{
	bool is_cdn = c->event->control.message == CDN;

	if (result < 0)
		return mark_gist(c, is_cdn ? GIST_CDN : GIST_STOPCCN, 0);
	if (result > UINT8_MAX)
		return mark_text(c, "%s result %d", is_cdn ? "CDN" : "StopCCN", result);
	return mark_gist(c, is_cdn ? GIST_CDN_RESULT : GIST_STOPCCN_RESULT, (uint8_t)result);
}

void ending_take(struct context *c, struct ending *ending, unsigned from)
{
	const struct avp *result = event_avp(c->event, 1), *disconnect = event_avp(c->event, 46);
	const struct avp *q931 = event_avp(c->event, 12);
	struct result_code code;
	struct disconnect_cause cause;
	struct bytes b;

	if (ending->is_set)
		return;
	*ending = (struct ending){.is_set = true, .from = (uint8_t)from, .result = -1, .error = -1};
	ending->is_cut = c->event->path.captured < c->event->path.original;
	ending->version = c->event->l2tp.version;
	if (c->event->l2tp.has_sequence) {
		ending->ns = c->event->l2tp.ns;
		ending->nr = c->event->l2tp.nr;
	}
	if (result && avp_result(result, &code)) {
		ending->result = code.result;
		ending->error = code.error;
		ending->text = keep(c, code.text);
	}
	if (disconnect && avp_disconnect(disconnect, &cause)) {
		ending->has_disconnect = true;
		ending->disconnect_code = cause.code;
		ending->disconnect_protocol = cause.protocol;
		ending->disconnect_direction = cause.direction;
		ending->disconnect_text = keep(c, cause.text);
	}
	if (q931 && q931->value.len >= 2) {
		b = bytes_of(q931->value);
		ending->has_q931 = true;
		ending->q931_cause = code_q931_cause(bytes_u16(&b));
	}
	ending->mark = ending_mark(c, ending->result);
}

#include "wireshark.h"

#include <inttypes.h>

static bool put_frames(struct text *t, const struct finding *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_evidence; i++) {
		if (mark_frame(&f->evidence[i]) == 0)
			continue;
		text_puts(t, n == 0 ? "frame.number in {" : ", ");
		text_decimal(t, mark_frame(&f->evidence[i]));
		n++;
	}
	if (n == 0 && f->mark.is_set && mark_frame(&f->mark) != 0) {
		text_printf(t, "frame.number in {%" PRIu64, mark_frame(&f->mark));
		n++;
	}
	text_puts(t, n > 0 ? "}" : "");
	return n > 0;
}

/* Control messages and data towards one end carry the ids that this end assigned. */
static void put_end(struct text *t, unsigned version, uint32_t tunnel, uint32_t session)
{
	const char *join = t->len > 0 ? " || " : "";

	if (version == 3) {
		if (session != 0)
			text_printf(t, "%sl2tp.sid == 0x%08" PRIx32, join, session);
		else if (tunnel != 0)
			text_printf(t, "%sl2tp.ccid == 0x%08" PRIx32, join, tunnel);
		return;
	}
	if (tunnel == 0)
		return;
	text_printf(t, "%s(l2tp.tunnel == %" PRIu32, join, tunnel);
	if (session != 0)
		text_printf(t, " && l2tp.session == %" PRIu32, session);
	text_puts(t, ")");
}

/* All packets of a call (with `c` NULL: of the tunnel). */
static bool wireshark_call(struct text *t, const struct tunnel *tunnel, const struct call *c)
{
	struct text own = text_make(1024);
	bool is_known;

	if (tunnel != NULL && tunnel->version >= 2) {
		for (int i = 0; i < 2; i++) {
			const struct call_side *side = c == NULL ? NULL : &c->side[i];

			put_end(&own, tunnel->version,
				side == NULL ? tunnel->peer[i].tunnel_id : side->tunnel_id,
				side == NULL ? 0 : side->session_id);
		}
	}
	is_known = own.len > 0;
	text_add(t, text_str(&own));
	text_free(&own);
	return is_known;
}

bool wireshark_finding(struct text *t, const struct finding *f)
{
	const struct tunnel *tunnel = f->tunnel != NULL ? f->tunnel
				      : f->call != NULL ? f->call->tunnel
							: NULL;

	return put_frames(t, f) || wireshark_call(t, tunnel, f->call);
}

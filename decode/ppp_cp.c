/* LCP and every control protocol built like it (RFC 1661 5). */
#include "code.h"
#include "ppp.h"

enum { BODY = 4, BAP = 0xc02d }; /* offset of the body in its packet */

static struct str str_of_span(struct span s)
{
	return (struct str){.at = (const char *)s.at, .len = s.len};
}

/* RFC 1661 5.5: Terminate data is anything; it is a message where it reads as one (pppd:
 * "User request"). */
static bool is_text(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < 0x20 || s.at[i] == 0x7f)
			return false;
	return s.len > 0;
}

static void options_decode(struct arena *a, struct span list, size_t there, size_t base,
			   struct event *e, struct defect_list *defects)
{
	struct ppp_option *options;

	option_parse_part(a, e->ppp.protocol, list, there, base, &options, &e->ppp.n_options,
			  defects);
	e->ppp.options = options;
	for (size_t i = 0; i < e->ppp.n_options; i++)
		if (!options[i].is_whole)
			e->ppp.is_complete = false;
}

static void short_check(const struct bytes *b, const struct event *e, size_t there,
			struct defect_list *defects)
{
	if (!bytes_ok(b) && e->ppp.body.len == there)
		defect_add(defects, DEFECT_PPP_SHORT, BODY);
}

static void protocol_reject_decode(size_t there, struct event *e, struct defect_list *defects)
{
	struct bytes b = bytes_of(e->ppp.body);

	e->ppp.rejected_protocol = bytes_u16(&b);
	short_check(&b, e, there, defects);
}

/* Echo, Discard, Identification, Time-Remaining: the magic number, then data.
 * RFC 1661 5.8, RFC 1570 2.1 and 2.2. */
static void magic_decode(size_t there, struct event *e, struct defect_list *defects)
{
	struct bytes b = bytes_of(e->ppp.body);

	e->ppp.magic = bytes_u32(&b);
	e->ppp.has_magic = bytes_ok(&b);
	if (e->ppp.code == CP_TIME_REMAINING)
		bytes_u32(&b); /* seconds; they stay in the body */
	short_check(&b, e, there, defects);
	if (e->ppp.code == CP_IDENTIFICATION || e->ppp.code == CP_TIME_REMAINING)
		e->ppp.message = str_of_span(bytes_rest(&b));
}

static bool is_configure(uint8_t code)
{
	return code >= CP_CONFREQ && code <= CP_CONFREJ;
}

/* RFC 2125 5: every packet is a list of options; a response (even code) has its response
 * code before them. */
static void bap_decode(struct arena *a, size_t there, struct event *e, struct defect_list *defects)
{
	struct bytes b = bytes_of(e->ppp.body);
	size_t before = e->ppp.code % 2 == 0 && e->ppp.code < 8 ? 1 : 0;

	bytes_take(&b, before);
	short_check(&b, e, there, defects);
	if (!bytes_ok(&b))
		return;
	options_decode(a, bytes_rest(&b), there - before, BODY + before, e, defects);
}

static void lcp_decode(size_t there, struct event *e, struct defect_list *defects)
{
	switch (e->ppp.code) {
	case CP_PROTREJ:
		protocol_reject_decode(there, e, defects);
		return;
	case CP_ECHOREQ:
	case CP_ECHOREP:
	case CP_DISCARD:
	case CP_IDENTIFICATION:
	case CP_TIME_REMAINING:
		magic_decode(there, e, defects);
		return;
	default:
		return;
	}
}

void ppp_cp_decode(struct arena *a, size_t there, struct event *e, struct defect_list *defects)
{
	uint8_t code = e->ppp.code;

	if (e->ppp.protocol == BAP) {
		bap_decode(a, there, e, defects);
		return;
	}
	/* CBCP request, response and ack use the numbers of Configure- and are lists too. */
	if (is_configure(code)) {
		options_decode(a, e->ppp.body, there, BODY, e, defects);
		return;
	}
	if ((code == CP_TERMREQ || code == CP_TERMACK) && is_text(e->ppp.body)) {
		e->ppp.message = str_of_span(e->ppp.body);
		return;
	}
	if (e->ppp.protocol == PPP_LCP)
		lcp_decode(there, e, defects);
}

#include "settle.h"

#include "auth_link.h"
#include "cause_ppp.h"
#include "cause_unseen.h"
#include "link.h"

enum need {
	ANY_NEED,
	OVER_PPTP,
	OVER_PPPOE,
	OVER_L2F,
	WAS_ACKNOWLEDGED,  /* the peer was heard, but gave no answer */
	CONFIRMED_IN_VAIN, /* SCCCN and SCCRP are both repeated */
	HAS_IPSEC,         /* between the ends, in the same capture */
	WAS_RESPONDED,     /* the challenge was answered; the verdict is missing */
	IPCP_UNANSWERED,   /* an end never said a word of IPCP */
	NO_DATA_PATH,      /* nothing of PPP came from the silent end */
	ID_IS_HIDDEN,
	PPP_OUT_OF_SIGHT,
	PPPD_NOT_STARTED,
	LOST_BETWEEN, /* what had no answer left one recording and never came to another */
	NO_ROLES,     /* it ended, and nothing told which end is the LAC */
};

enum settle_place {
	AT_ANY,
	AT_BOTH,
	AT_INITIATOR,
	AT_RESPONDER,
	AT_LAC,
	AT_LNS,
	AT_CLIENT,
	AT_ENDER, /* who made the first move that ended it */
	AT_ASKED, /* who should have answered the request for a session */
	AT_CHALLENGED,
	AT_UNANSWERING, /* whose acknowledgement is missing */
	AT_UNREACHABLE, /* of whom ICMP says so */
	AT_SILENT_PPP,
	AT_SILENT_IPCP,
	AT_SILENT_ECHO,
	AT_AUTHENTICATOR,
	AT_AUTHENTICATED,
	AT_REFUSER, /* of every method of authentication */
	AT_REJECTER,
};

enum means {
	CAPTURE,
	RADIUS_CAPTURE,
	RECORDING,
	CONFIGURATION,
	PING,
	SECRET,
	/* by a command of the system there */
	TUNNEL_DEBUG,
	PPP_DEBUG,
	AUTH_DEBUG,
	LINE_DEBUG,
	UPTIME,
	ITS_LOG,
	NO_MEANS,
};

/* clang-format off */
static const struct settle_row {
	const char *cause;
	enum need need;
	enum settle_place place;
	enum means means;
	const char *look;
} rows[] = {
#define SETTLE(cause, need, place, means, look) {cause, need, place, means, look},
#include "settle.def"
#undef SETTLE
};

/* A system and, below it, its commands; the last system is any. */
static const struct command_row {
	const char *vendor, *dialect;
	enum means means;
	const char *words;
} commands[] = {
#define SYSTEM(vendor, dialect) {vendor, dialect, NO_MEANS, NULL},
#define COMMAND(means, words) {NULL, NULL, means, words},
#include "settle.def"
#undef SYSTEM
#undef COMMAND
};
/* clang-format on */

enum { ROWS = sizeof(rows) / sizeof(rows[0]), COMMANDS = sizeof(commands) / sizeof(commands[0]) };

/* A place found: in words, and which end of the tunnel it is; −1: both, or none. */
struct spot {
	struct str words;
	int end;
	enum role role; /* ROLE_UNKNOWN: an end of the tunnel */
};

/* ---- which end ---- */

static struct spot spot_of_end(struct trial *f, int end)
{
	return (struct spot){.words = end_words(f->r, f->t, end), .end = end};
}

static struct spot spot_of_role(struct trial *f, enum role role)
{
	bool has_roles = f->c && (f->s->roles_known || f->s->roles_inferred);
	struct spot spot = {.end = -1};

	if (!f->c)
		return spot_of_end(f, role == ROLE_LNS || role == ROLE_RESPONDER ? RESPONDER
										 : INITIATOR);
	if (role == ROLE_INITIATOR || role == ROLE_RESPONDER)
		return spot_of_end(f, role == ROLE_RESPONDER ? RESPONDER : INITIATOR);
	if (role != ROLE_LAC && role != ROLE_LNS && role != ROLE_CLIENT)
		role = ROLE_LNS;
	spot.words = side_words(f, role);
	if (!has_roles && f->c->tunnel) /* which address that is, nothing told */
		spot.words = role == ROLE_LNS   ? STR("the LNS")
			     : role == ROLE_LAC ? STR("the LAC")
						: STR("the client");
	spot.role = role;
	if (has_roles)
		spot.end = role == ROLE_LNS ? 1 - f->s->lac_end : f->s->lac_end;
	return spot;
}

/* A side of the PPP link: an end of the tunnel, also where its role is not known. */
static struct spot spot_of_side(struct trial *f, int side)
{
	bool has_roles = f->c && (f->s->roles_known || f->s->roles_inferred);

	if (f->c && f->c->tunnel && !has_roles)
		return (struct spot){.words = trial_side_words(f, side),
				     .end = side == CLIENT ? f->s->lac_end : 1 - f->s->lac_end};
	return spot_of_role(f, side == CLIENT ? ROLE_CLIENT : ROLE_LNS);
}

static int silent_side(const struct trial *f)
{
	return link_cp(&f->s->ppp, CP_LCP)->side[CLIENT].requests ? LNS : CLIENT;
}

static int authenticated_side(const struct trial *f)
{
	const struct auth *a = link_auth(&f->s->ppp, CLIENT);

	return a->protocol && (a->result == RESULT_UNKNOWN || auth_unanswered(a)) ? CLIENT : LNS;
}

static int rejecting_side(const struct trial *f)
{
	for (size_t k = CP_IPCP; k < N_CP; k++)
		if (side_claim(&link_cp(&f->s->ppp, k)->side[CLIENT])->rejected.is_set)
			return CLIENT;
	return LNS;
}

static int unanswering_end(const struct tunnel *t)
{
	if (t->unanswered.is_set)
		return 1 - t->unanswered.from;
	return t->stopccn.is_set ? 1 - t->stopccn.from : RESPONDER;
}

static enum role asked_role(const struct session *s)
{
	if (seen_of(s->seen, OCRQ)->count || seen_of(s->seen, OCRP)->count)
		return ROLE_LAC;
	return seen_of(s->seen, ICRP)->count ? ROLE_LAC : ROLE_LNS;
}

static struct spot spot_of(struct trial *f, enum settle_place place)
{
	const struct tunnel *t = f->t;
	unsigned sent;

	switch (place) {
	case AT_INITIATOR:
	case AT_RESPONDER:
		return spot_of_end(f, place == AT_INITIATOR ? INITIATOR : RESPONDER);
	case AT_LAC:
		return spot_of_role(f, ROLE_LAC);
	case AT_CLIENT:
		return spot_of_role(f, ROLE_CLIENT);
	case AT_LNS:
		return spot_of_role(f, ROLE_LNS);
	case AT_ENDER:
		if (f->c && f->c->tunnel && f->by == ROLE_UNKNOWN)
			return (struct spot){.words = STR("the end that ended it"), .end = -1};
		return spot_of_role(f, f->by);
	case AT_CHALLENGED:
		return spot_of_end(f, t->peer[INITIATOR].challenge.len &&
						      !t->peer[RESPONDER].response.len
					      ? RESPONDER
					      : INITIATOR);
	case AT_UNANSWERING:
		return spot_of_end(f, unanswering_end(t));
	case AT_UNREACHABLE:
		return spot_of_end(f, t->icmp_about);
	case AT_ASKED:
		return spot_of_role(f, asked_role(f->s));
	case AT_SILENT_PPP:
		return spot_of_side(f, silent_side(f));
	case AT_SILENT_IPCP:
		return spot_of_side(f, trial_silent_of_ipcp(f, &sent));
	case AT_SILENT_ECHO:
		return spot_of_side(
			f, side_echo(&link_cp(&f->s->ppp, CP_LCP)->side[CLIENT])->unanswered >= 3
				   ? LNS
				   : CLIENT);
	case AT_AUTHENTICATED:
		return spot_of_side(f, authenticated_side(f));
	case AT_AUTHENTICATOR:
		return spot_of_side(f, 1 - authenticated_side(f));
	case AT_REFUSER:
		return spot_of_side(f, 1 - f->s->ppp.auth_asker);
	case AT_REJECTER:
		return spot_of_side(f, rejecting_side(f));
	case AT_BOTH:
		return (struct spot){.words = STR("both ends"), .end = -1};
	case AT_ANY:
		break;
	}
	return (struct spot){.end = -1};
}

/* ---- how ---- */

static bool contains(struct str s, const char *word)
{
	return *word && str_find(s, str_of(word)) != SIZE_MAX;
}

/* Of the log that was taken there. */
static struct str dialect_at(const struct trial *f, const struct spot *spot)
{
	const struct session *s = f->s;
	const struct view *v = report_view(f->r, f->t->vantage);

	if (spot->end >= 0 && f->t->peer[spot->end].is_text_source && v && v->dialect)
		return str_of(v->dialect);
	for (; s && spot->role != ROLE_UNKNOWN; s = s->joined) {
		v = report_view(f->r, s->vantage);
		if (v && v->is_text && v->dialect && v->role == spot->role)
			return str_of(v->dialect);
	}
	return (struct str){0};
}

/* What runs at a place: by the Vendor Name of that end, else by the log that was taken there. */
static size_t system_at(const struct trial *f, const struct spot *spot)
{
	const struct peer *p = spot->end < 0 ? NULL : &f->t->peer[spot->end];
	struct str dialect = dialect_at(f, spot);
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		if (!commands[i].vendor)
			continue;
		if (!*commands[i].vendor)
			break;
		/* a router's caller is another machine */
		if (spot->role == ROLE_CLIENT && strcmp(commands[i].vendor, "Cisco") == 0)
			continue;
		if ((p && contains(p->vendor, commands[i].vendor)) ||
		    contains(dialect, commands[i].dialect))
			break;
	}
	return i;
}

static const char *command_of(size_t system, enum means means)
{
	for (size_t i = system + 1; i < COMMANDS && !commands[i].vendor; i++)
		if (commands[i].means == means)
			return commands[i].words;
	for (size_t i = 0; i < COMMANDS; i++) /* of any system */
		if (commands[i].vendor && !*commands[i].vendor && i != system)
			return command_of(i, means);
	return "";
}

/* 0.0.0.0 and :: are what a socket was told, and nobody's address. */
static bool is_somewhere(const struct address *a)
{
	static const uint8_t nowhere[sizeof(a->octets)];

	return a->family && memcmp(a->octets, nowhere, a->family == 4 ? 4 : 16) != 0;
}

/* A filter of tcpdump for what carries it, seen from `spot`. */
static void put_filter(struct text *out, const struct trial *f, const struct spot *spot)
{
	const struct peer *other = spot->end < 0 ? NULL : &f->t->peer[1 - spot->end];
	unsigned port = f->t->peer[RESPONDER].port;

	switch (f->t->carrier) {
	case CARRIER_PPPOE:
		text_puts(out, "pppoed or pppoes");
		return;
	case CARRIER_PPTP:
		text_puts(out, "tcp port 1723 or proto gre");
		return;
	case CARRIER_PPP:
		text_puts(out, "");
		return;
	default:
		break;
	}
	if (f->t->version == 3 && f->t->path.ip_protocol == 115)
		text_puts(out, "ip proto 115");
	else
		text_printf(out, "udp port %u", port ? port : 1701);
	if (other && is_somewhere(&other->address)) {
		text_puts(out, " and host ");
		address_print(out, &other->address);
	}
}

static void put_tcpdump(struct text *out, const struct trial *f, const struct spot *spot)
{
	struct text filter = text_make(128);

	put_filter(&filter, f, spot);
	text_puts(out, "`tcpdump -s 0 -w call.pcap");
	if (filter.len)
		text_printf(out, " '%.*s'", STR_ARG(text_str(&filter)));
	text_puts(out, "`");
	text_free(&filter);
}

static void put_ping(struct text *out, const struct trial *f, const struct spot *spot)
{
	text_puts(out, "`ping -M do -s 1472 ");
	if (spot->end >= 0 && is_somewhere(&f->t->peer[1 - spot->end].address))
		address_print(out, &f->t->peer[1 - spot->end].address);
	else
		text_puts(out, "PEER");
	text_puts(out, "` with smaller and larger sizes");
}

static bool only_text(const struct report *r)
{
	for (size_t i = 0; i < r->n_views; i++)
		if (!r->views[i].is_text)
			return false;
	return true;
}

static void put_look(struct text *out, const char *look)
{
	text_printf(out, " and %s %s", strncmp(look, "wh", 2) == 0 ? "see" : "look for", look);
}

static void put_settle(struct text *out, struct trial *f, const struct settle_row *row)
{
	struct spot spot = spot_of(f, row->place);

	/* what the caller of a tunnel sends can be seen at its LAC */
	if (row->means == CAPTURE && spot.role == ROLE_CLIENT && !tunnel_is_link(f->t))
		spot = spot_of_role(f, ROLE_LAC);
	text_puts(out, "; to settle it, ");
	switch (row->means) {
	case CAPTURE:
		text_puts(out, "capture with ");
		put_tcpdump(out, f, &spot);
		text_printf(out, " right at %.*s", STR_ARG(spot.words));
		put_look(out, row->look);
		return;
	case RADIUS_CAPTURE:
		text_printf(out,
			    "capture with `tcpdump -s 0 -w radius.pcap 'udp port 1812 or udp port "
			    "1645'` right at %.*s",
			    STR_ARG(spot.words));
		put_look(out, row->look);
		return;
	case RECORDING:
		if (only_text(f->r)) {
			text_printf(out, "log from before the start until %s", row->look);
			return;
		}
		text_puts(out, "record with ");
		put_tcpdump(out, f, &spot);
		text_printf(out, " from before the start until %s", row->look);
		return;
	case CONFIGURATION:
		text_printf(out, "%s at %.*s %s", row->place == AT_BOTH ? "compare" : "check",
			    STR_ARG(spot.words), row->look);
		return;
	case PING:
		text_puts(out, "send ");
		put_ping(out, f, &spot);
		text_printf(out, " from %.*s", STR_ARG(spot.words));
		put_look(out, row->look);
		return;
	case SECRET:
		text_printf(out, "give --secrets FILE: %s", row->look);
		return;
	default:
		text_printf(out, "%s at %.*s", command_of(system_at(f, &spot), row->means),
			    STR_ARG(spot.words));
		put_look(out, row->look);
	}
}

/* ---- which row ---- */

/* What of PPP had no answer. */
static enum ppp_part part_of_cause(const char *cause)
{
	if (strcmp(cause, "auth-no-answer") == 0)
		return PART_AUTH;
	return strcmp(cause, "ncp-no-agreement") == 0 ? PART_NETWORK : PART_LCP;
}

static bool is_needed(const struct trial *f, enum need need)
{
	const struct tunnel *t = f->t;
	const struct cp_side *silent;
	const struct auth *a;
	unsigned sent;

	switch (need) {
	case ANY_NEED:
		return true;
	case OVER_PPTP:
		return t->carrier == CARRIER_PPTP;
	case OVER_PPPOE:
		return t->carrier == CARRIER_PPPOE;
	case OVER_L2F:
		return t->version == 1;
	case WAS_ACKNOWLEDGED:
		return t->way[RESPONDER].is_started || t->way[INITIATOR].has_acked;
	case CONFIRMED_IN_VAIN:
		return scccn_is_never_taken(t);
	case HAS_IPSEC:
		return trial_has_ipsec(f);
	case WAS_RESPONDED:
		a = f->s ? link_auth(&f->s->ppp, (size_t)authenticated_side(f)) : NULL;
		return a && a->responses && !auth_unanswered(a);
	case IPCP_UNANSWERED:
		return f->s && trial_silent_of_ipcp(f, &sent) >= 0;
	case NO_DATA_PATH:
		if (!f->s)
			return false;
		silent = &link_cp(&f->s->ppp, CP_LCP)->side[silent_side(f)];
		return !(silent->acks + silent->naks + silent->rejects);
	case ID_IS_HIDDEN:
		return f->s && !f->end &&
		       ((seen_of(f->s->seen, ICRQ)->count && !f->s->id[LAC]) ||
			(seen_of(f->s->seen, OCRQ)->count && !f->s->id[LNS]));
	case PPP_OUT_OF_SIGHT:
		return f->s && !f->end;
	case PPPD_NOT_STARTED: /* pppd(8), EXIT STATUS: bad options, no PPP in the kernel */
		return f->s && session_told(f->s)->exited.is_set &&
		       (session_told(f->s)->exit_status == 2 ||
			session_told(f->s)->exit_status == 4);
	case LOST_BETWEEN:
		return f->s ? trial_lost_between(f, part_of_cause(f->cause))
			    : control_is_lost(f->t, RESPONDER);
	case NO_ROLES:
		return f->s && f->end && f->n_also;
	}
	return false;
}

static const struct settle_row *row_for(const struct trial *f)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].cause, f->cause) == 0 && is_needed(f, rows[i].need))
			return &rows[i];
	return NULL;
}

void trial_settle(struct trial *f)
{
	const struct settle_row *row;
	struct text out;

	if (!f->cause || f->confidence == CONFIDENCE_CERTAIN ||
	    str_find(f->text, STR("; to settle it, ")) != SIZE_MAX)
		return;
	row = row_for(f);
	if (!row)
		return;
	out = text_make(LIMIT_RECORD);
	if (f->text.len && f->text.at[f->text.len - 1] == '.')
		f->text.len--;
	text_add(&out, f->text);
	put_settle(&out, f, row);
	text_putc(&out, '.');
	f->text = arena_str(f->r->arena, text_str(&out));
	text_free(&out);
}

/* ---- for `explain` ---- */

static const char *const place_words[] = {
	[AT_ANY] = "",
	[AT_BOTH] = "at both ends",
	[AT_INITIATOR] = "at the one that asks",
	[AT_RESPONDER] = "at the one that is asked",
	[AT_LAC] = "at the LAC",
	[AT_LNS] = "at the LNS",
	[AT_CLIENT] = "at the client",
	[AT_ENDER] = "at the end that ended it",
	[AT_ASKED] = "at the end that should have answered",
	[AT_CHALLENGED] = "at the end that was challenged",
	[AT_UNANSWERING] = "at the end whose acknowledgement is missing",
	[AT_UNREACHABLE] = "at the end that is not reached",
	[AT_SILENT_PPP] = "at the silent end",
	[AT_SILENT_IPCP] = "at the silent end",
	[AT_SILENT_ECHO] = "at the silent end",
	[AT_AUTHENTICATOR] = "at the authenticator",
	[AT_AUTHENTICATED] = "at the end that was challenged",
	[AT_REFUSER] = "at the end that refuses",
	[AT_REJECTER] = "at the end that rejects",
};

static const char *const means_words[] = {
	[CAPTURE] = "a capture",
	[RADIUS_CAPTURE] = "a capture of RADIUS",
	[RECORDING] = "a recording from before the start until",
	[CONFIGURATION] = "the configuration",
	[PING] = "pings that must not be fragmented",
	[SECRET] = "--secrets",
	[TUNNEL_DEBUG] = "the debugging of L2TP",
	[PPP_DEBUG] = "the debugging of PPP",
	[AUTH_DEBUG] = "the debugging of authentication and RADIUS",
	[LINE_DEBUG] = "the debugging of the line",
	[UPTIME] = "the uptime",
	[ITS_LOG] = "the log",
};

bool settle_row_words(const char *cause, size_t i, struct text *ret)
{
	for (size_t k = 0; k < ROWS; k++) {
		if (strcmp(rows[k].cause, cause) != 0 || i--)
			continue;
		text_printf(ret, "%s%s%s: %s", means_words[rows[k].means],
			    *place_words[rows[k].place] ? " " : "", place_words[rows[k].place],
			    rows[k].look);
		return true;
	}
	return false;
}

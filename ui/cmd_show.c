#include <inttypes.h>
#include <stdlib.h>

#include "access.h"
#include "calls_why.h"
#include "cmd_common.h"
#include "command.h"
#include "findings.h"
#include "show.h"
#include "show_ppp.h"
#include "verdict.h"

static enum exit_status run_show(struct run *r);

const struct command command_show = {
	.bit = COMMAND_SHOW,
	.name = "show",
	.arguments = "[CALL] [OPTIONS] INPUT...",
	.about = "one call in full: milestones, options, authentication, states, findings",
	.details =
		"One call in full, or every call when no number is given: who and where, "
		"milestones, what\nwas negotiated in each protocol and direction, authentication, "
		"the states of both ends,\nand the findings of the call and its tunnel. --tunnel "
		"N: a "
		"tunnel, with the delivery of each\ncontrol message: copies, acknowledgement, "
		"round trips, window.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS | TAKES_CALL | READS_AGAIN,
	.run = run_show,
};

/* The LNS of a call with legs is an end of the last one's tunnel. */
static const struct tunnel *tunnel_of_side(const struct call *c, int which)
{
	const struct call *leg = c->legs;

	while (which == LNS && leg != NULL && leg->next_leg != NULL)
		leg = leg->next_leg;
	return leg == NULL ? c->tunnel : leg->tunnel;
}

static void add_vendor(struct run *r, const struct tunnel *t, const struct call_side *side)
{
	for (size_t i = 0; t != NULL && i < 2; i++) {
		const struct peer *p = &t->peer[i];

		if (p->tunnel_id != side->tunnel_id || p->vendor.len == 0)
			continue;
		text_puts(&r->line, "  ");
		text_escape(&r->line, p->vendor);
		if (p->firmware >= 0)
			text_printf(&r->line, " firmware 0x%04" PRIx32, (uint32_t)p->firmware);
	}
}

static const char *side_name(const struct call *c, int which)
{
	const struct session *s = c->session;

	if (!c->roles_known &&
	    (c->tunnel != NULL || s == NULL || !(s->roles_known || s->roles_inferred)))
		return "end";
	return common_role(c, which == LAC ? ROLE_LAC : ROLE_LNS);
}

static void print_side(struct run *r, const struct call *c, int which)
{
	const struct call_side *side = &c->side[which];

	text_printf(&r->line, "  %-4s ", side_name(c, which));
	text_escape(&r->line, side->name);
	if (side->address.family != 0) {
		text_puts(&r->line, side->name.len > 0 ? "  " : "");
		address_print(&r->line, &side->address);
		if (side->port != 0)
			text_printf(&r->line, " port %u", side->port);
	}
	if (side->tunnel_id != 0)
		text_printf(&r->line, "  tunnel id %" PRIu32, side->tunnel_id);
	if (side->session_id != 0 && c->carrier != CARRIER_PPPOE)
		text_printf(&r->line, "  %s %" PRIu32,
			    c->carrier == CARRIER_PPTP ? "Call ID" : "session id",
			    side->session_id);
	add_vendor(r, tunnel_of_side(c, which), side);
	term_fold(&r->term, &r->line, 7);
}

/* A tunnel switch is the LNS of one leg and the LAC of the next. */
static void print_legs(struct run *r, const struct call *c)
{
	size_t n = 0;

	for (const struct call *leg = c->legs; leg != NULL; leg = leg->next_leg) {
		text_printf(&r->line, "  leg %zu in tunnel %" PRIu64, ++n,
			    leg->tunnel == NULL ? 0 : leg->tunnel->number);
		term_line(&r->term, &r->line);
		text_puts(&r->line, "  ");
		print_side(r, leg, LAC);
		text_puts(&r->line, "  ");
		print_side(r, leg, LNS);
	}
}

/* A call that is a link of a multilink bundle. */
struct bundled {
	const struct call *call;
	size_t place; /* in the list of calls */
};

/* What is made of all calls once, when the first of them is shown. */
struct of_all {
	struct bundled *links; /* by bundle, then as the calls stand */
	size_t n_links;
	struct sent_again *again;
	struct consequences *consequences;
};

static int by_bundle(const void *left, const void *right)
{
	const struct bundled *a = left, *b = right;

	if (a->call->bundle != b->call->bundle)
		return a->call->bundle < b->call->bundle ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

static struct of_all of_all_make(struct run *r)
{
	struct of_all all = {.again = sent_again_new(r), .consequences = consequences_new(r)};
	size_t room = 0, place = 0;

	for (const struct call *c = r->report->calls; c != NULL; c = c->next)
		room += c->bundle != 0;
	all.links = must_alloc(room, sizeof(*all.links));
	for (const struct call *c = r->report->calls; c != NULL; c = c->next, place++) {
		if (c->bundle != 0)
			all.links[all.n_links++] = (struct bundled){c, place};
	}
	qsort(all.links, all.n_links, sizeof(*all.links), by_bundle);
	return all;
}

static void of_all_free(struct of_all *all)
{
	free(all->links);
	sent_again_free(all->again);
	consequences_free(all->consequences);
}

/* The other links of its multilink bundle. */
static void print_bundle(struct run *r, const struct call *c, const struct of_all *all)
{
	size_t low = 0, high = all->n_links;

	if (c->bundle == 0)
		return;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->links[middle].call->bundle < c->bundle)
			low = middle + 1;
		else
			high = middle;
	}
	text_printf(&r->line, "  bundle %" PRIu64 ", with call", c->bundle);
	for (; low < all->n_links && all->links[low].call->bundle == c->bundle; low++) {
		if (all->links[low].call != c)
			text_printf(&r->line, " %" PRIu64, all->links[low].call->number);
	}
	term_line(&r->term, &r->line);
}

static void print_access(struct run *r, const struct tunnel *link)
{
	const struct discovery *d = link != NULL ? link->discovery : NULL;

	if (link == NULL || link->carrier != CARRIER_PPPOE || link->link_id[0] == 0)
		return;
	text_printf(&r->line, "  PPPoE session 0x%04" PRIx32, link->link_id[0]);
	if (link->peer[0].address.family != 0) {
		text_puts(&r->line, " of ");
		address_print(&r->line, &link->peer[0].address);
	}
	if (d != NULL && d->service.len > 0) {
		text_puts(&r->line, "  service ");
		text_escape(&r->line, d->service);
	}
	if (d != NULL && d->circuit.len > 0) {
		text_puts(&r->line, "  circuit ");
		text_escape(&r->line, d->circuit);
	}
	term_line(&r->term, &r->line);
}

static void print_tunnel_secret(struct run *r, const struct tunnel *t)
{
	if (t == NULL || t->auth_verified == TRUTH_UNKNOWN || t->auth_secret_from.len == 0)
		return;
	text_puts(&r->line, t->auth_verified == TRUTH_TRUE
				    ? "  tunnel authentication fits the secret from "
				    : "  tunnel authentication does not fit the secret from ");
	text_add(&r->line, common_untrusted(r, t->auth_secret_from));
	term_line(&r->term, &r->line);
}

static void print_who(struct run *r, const struct call *c, const struct of_all *all)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);

	arena_reset(r->scratch);
	text_printf(&t, "call %" PRIu64, c->number);
	if (c->tunnel != NULL)
		text_printf(&t, " in tunnel %" PRIu64, c->tunnel->number);
	else
		text_printf(&t, " over %s", carrier_name((enum carrier)c->carrier));
	if (direction_name(c->direction) != NULL)
		text_printf(&t, ", %s", direction_name(c->direction));
	common_heading(r, t.at);
	text_free(&t);
	if (c->user.len > 0 || c->calling_number.len > 0 || c->called_number.len > 0) {
		text_puts(&r->line, "  user ");
		text_add(&r->line, c->user.len > 0 ? common_untrusted(r, c->user) : STR("-"));
		if (c->calling_number.len > 0 || c->called_number.len > 0) {
			text_puts(&r->line, "  calling ");
			text_add(&r->line, c->calling_number.len > 0
						   ? common_untrusted(r, c->calling_number)
						   : STR("-"));
			text_puts(&r->line, "  called ");
			text_add(&r->line, c->called_number.len > 0
						   ? common_untrusted(r, c->called_number)
						   : STR("-"));
		}
		term_line(&r->term, &r->line);
	}
	print_side(r, c, LAC);
	print_side(r, c, LNS);
	print_access(r, access_link(c->session));
	print_tunnel_secret(r, c->tunnel);
	print_legs(r, c);
	print_bundle(r, c, all);
}

static void add_seconds(struct text *line, const char *what, double seconds)
{
	if (seconds < 0)
		return;
	text_printf(line, line->len > 0 ? ", %s " : "  %s ", what);
	when_print_seconds(line, seconds);
	text_puts(line, " s");
}

void show_outcome(struct run *r, const struct call *c)
{
	struct subject s = run_subject(r);

	s.call = c;
	text_puts(&r->line, "  ");
	verdict_of_call(&r->line, c);
	term_fold(&r->term, &r->line, 4);
	if (c->cause_text.len > 0) {
		text_puts(&r->line, "  ");
		term_wrap(&r->term, &r->line, 2, common_field(r, &field_calls, &s, "cause_text"));
	}
	add_seconds(&r->line, "setup", c->setup_s);
	add_seconds(&r->line, "duration", c->duration_s);
	if (r->line.len > 0)
		term_line(&r->term, &r->line);
}

/* What the table has no room for, by the field table: key and value. */
static void print_facts(struct run *r, const struct call *c)
{
	static const char *const keys[] = {
		"ipv4",
		"ipv4_peer",
		"ipv6_id",
		"dns",
		"mru",
		"cdn.from",
		"cdn.result",
		"cdn.error",
		"cdn.message",
		"cdn.disconnect_cause",
		"control_messages",
		"retransmissions",
		"duplicates",
		"ppp_messages",
		"data_packets",
		"data_bytes",
		"seen_from",
		"seen_in",
	};
	struct subject s = run_subject(r);

	s.call = c;
	common_heading(r, "facts");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct str value = common_field(r, &field_calls, &s, keys[i]);

		if (value.len == 0 || (strncmp(keys[i], "cdn.", 4) == 0 && !c->cdn.is_set))
			continue;
		text_printf(&r->line, "  %s", keys[i]);
		term_pad(&r->line, 26, true);
		text_add(&r->line, value);
		term_line(&r->term, &r->line);
	}
}

void show_end_state(struct run *r, const char *who, const struct end *e)
{
	const struct machine *machine = end_machine(e);
	const char *name;

	if (machine == NULL || e->state >= machine->n_states)
		return;
	name = machine_state_name(machine, e->state);
	text_printf(&r->line, "  %s", who);
	term_pad(&r->line, 14, true);
	text_puts(&r->line, machine->name);
	term_pad(&r->line, 34, true);
	text_puts(&r->line, name == NULL ? "?" : name);
	if (e->is_inferred)
		text_puts(&r->line, " (inferred)");
	term_line(&r->term, &r->line);
}

static void print_carrier_states(struct run *r, const struct tunnel *t)
{
	if (t->discovery != NULL) {
		show_end_state(r, "host", &t->discovery->host);
		show_end_state(r, "concentrator", &t->discovery->concentrator);
	}
	if (t->pptp == NULL)
		return;
	show_end_state(r, "initiator", &t->pptp->end[INITIATOR]);
	show_end_state(r, "responder", &t->pptp->end[RESPONDER]);
	show_end_state(r, "initiator", &t->pptp_call.end[INITIATOR]);
	show_end_state(r, "responder", &t->pptp_call.end[RESPONDER]);
}

static void print_states(struct run *r, const struct call *c)
{
	const struct tunnel *t = c->tunnel;

	common_heading(r, "states at the end");
	if (t != NULL) {
		show_end_state(r, "initiator", &t->end[INITIATOR]);
		show_end_state(r, "responder", &t->end[RESPONDER]);
	}
	if (c->session == NULL)
		return;
	print_carrier_states(r, c->session->tunnel);
	if (t != NULL) {
		show_end_state(r, "LAC", &c->session->end[LAC]);
		show_end_state(r, "LNS", &c->session->end[LNS]);
	}
	show_end_state(r, "client", &c->session->ppp.phase[CLIENT]);
	show_end_state(r, common_role(c, ROLE_LNS), &c->session->ppp.phase[LNS]);
}

void show_findings(struct run *r, const char *heading, const struct finding_link *first,
		   struct consequences *all)
{
	if (first == NULL)
		return;
	common_heading(r, heading);
	for (const struct finding_link *l = first; l != NULL; l = l->next)
		finding_print(r, l->finding, all, 2);
}

static void print_call(struct run *r, const struct call *c, const struct of_all *all)
{
	print_who(r, c, all);
	show_outcome(r, c);
	show_milestones(r, c, true);
	if (c->session != NULL) {
		show_options(r, c);
		show_auth(r, c);
	}
	print_facts(r, c);
	show_sent_again(r, c, all->again);
	print_states(r, c);
	show_findings(r, "findings", c->findings, all->consequences);
	if (c->tunnel != NULL)
		show_findings(r, "findings of its tunnel", c->tunnel->findings, all->consequences);
	for (const struct call *leg = c->legs == NULL ? NULL : c->legs->next_leg; leg != NULL;
	     leg = leg->next_leg) {
		if (leg->tunnel != NULL)
			show_findings(r, "findings of the next leg's tunnel", leg->tunnel->findings,
				      all->consequences);
	}
}

static void json_object(struct run *r, const struct field_set *set, const struct call *c,
			const struct finding *f)
{
	struct writer j = writer_into(&r->line);
	struct subject s = run_subject(r);

	s.call = c;
	s.tunnel = c->tunnel;
	s.finding = f;
	field_json(&j, set, &s);
	run_print_json(r);
}

static void json_call(struct run *r, const struct call *c)
{
	json_object(r, &field_calls, c, NULL);
	if (c->tunnel != NULL)
		json_object(r, &field_tunnels, c, NULL);
	for (const struct finding_link *l = c->findings; l != NULL; l = l->next)
		json_object(r, &field_findings, c, l->finding);
	if (c->tunnel == NULL)
		return;
	for (const struct finding_link *l = c->tunnel->findings; l != NULL; l = l->next)
		json_object(r, &field_findings, c, l->finding);
}

static enum exit_status run_show_tunnel(struct run *r)
{
	for (const struct tunnel *t = r->report->tunnels; t != NULL; t = t->next) {
		if (t->number != r->options->tunnel)
			continue;
		if (r->options->json)
			show_tunnel_json(r, t);
		else
			show_tunnel(r, t);
		break;
	}
	return STATUS_DONE;
}

static enum exit_status run_show(struct run *r)
{
	struct of_all all;
	size_t n = 0;

	if (r->options->tunnel != 0 && r->options->call == 0)
		return run_show_tunnel(r);
	all = of_all_make(r);
	for (const struct call *c = r->report->calls; c != NULL && !run_is_cut_off(r);
	     c = c->next) {
		if (!run_shows_call(r, c))
			continue;
		if (r->options->json) {
			json_call(r, c);
		} else {
			if (n > 0)
				term_line(&r->term, &r->line);
			print_call(r, c, &all);
		}
		n++;
	}
	of_all_free(&all);
	if (n == 0 && !r->options->json && r->report->n_calls == 0) {
		struct calls_why *why = calls_why_new();

		calls_why_take(why, r);
		common_print_contents(r);
		calls_why_print_attempts(why, r);
		calls_why_free(why);
	}
	return STATUS_DONE;
}

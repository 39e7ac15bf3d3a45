#include "show_ppp.h"

#include "cmd_common.h"

static void print_options(struct run *r, const struct kept_options *options)
{
	struct kept_walk walk = {.of = options};
	struct ppp_option o;
	bool is_first = true;

	while (kept_next(&walk, &o)) {
		text_puts(&r->line, is_first ? "" : ", ");
		is_first = false;
		if (o.row != NULL)
			text_puts(&r->line, o.row->name);
		else
			text_printf(&r->line, "option %u", o.number);
		text_putc(&r->line, ' ');
		option_print_value(&r->line, &o);
		while (r->line.len > 0 && r->line.at[r->line.len - 1] == ' ')
			r->line.at[--r->line.len] = '\0';
	}
	if (is_first)
		text_puts(&r->line, "no options");
	term_fold(&r->term, &r->line, 30);
}

static void begin(struct run *r, const char *protocol, const char *who, const char *what)
{
	text_printf(&r->line, "  %s", protocol);
	term_pad(&r->line, 10, true);
	text_puts(&r->line, who);
	term_pad(&r->line, 18, true);
	text_puts(&r->line, what);
	term_pad(&r->line, 30, true);
}

static void show_side(struct run *r, const char *protocol, const char *who,
		      const struct cp_side *side)
{
	bool has_agreed = side->acked.is_set || side->agreed != NULL;

	if (has_agreed) {
		begin(r, protocol, who, "agreed");
		print_options(r, side->agreed);
	} else if (side->requests > 0) {
		begin(r, protocol, who, "asked");
		print_options(r, side->options);
	}
	if (side_refusal(side)->options != NULL) {
		begin(r, protocol, who, side_refusal(side)->is_reject ? "rejected" : "refused");
		print_options(r, side_refusal(side)->options);
	}
	if (side_claim(side)->rejected.is_set) {
		begin(r, protocol, who, "rejected the whole protocol");
		term_line(&r->term, &r->line);
	}
}

static bool is_used(const struct cp *cp)
{
	return cp->side[0].requests + cp->side[1].requests > 0 || cp->side[0].acked.is_set ||
	       cp->side[1].acked.is_set || side_claim(&cp->side[0])->rejected.is_set ||
	       side_claim(&cp->side[1])->rejected.is_set;
}

static void show_cp(struct run *r, const struct cp *cp, const char *second)
{
	const char *name = code_name(CODE_PPP_PROTOCOL, cp->protocol);

	if (!is_used(cp))
		return;
	show_side(r, name == NULL ? "NCP" : name, "client", &cp->side[CLIENT]);
	show_side(r, name == NULL ? "NCP" : name, second, &cp->side[LNS]);
}

/* Joined sessions saw the same negotiation: the first that saw this protocol tells it. */
void show_options(struct run *r, const struct call *c)
{
	bool has_heading = false;

	for (size_t i = 0; i < N_CP + 1; i++) {
		for (const struct session *one = c->session; one != NULL; one = one->joined) {
			const struct cp *cp = i == 0 ? link_cp(&one->ppp, CP_LCP_AT_LAC)
						     : link_cp(&one->ppp, i - 1);

			if (!is_used(cp))
				continue;
			if (!has_heading)
				common_heading(r, "negotiated");
			has_heading = true;
			show_cp(r, cp, common_role(c, i == 0 ? ROLE_LAC : ROLE_LNS));
			break;
		}
	}
}

static void show_names(struct run *r, const struct session *s)
{
	for (const struct session *one = s; one != NULL; one = one->joined) {
		const struct auth *a = link_auth(&one->ppp, CLIENT);

		if (a->authenticator_name.len == 0 && a->peer_name.len == 0)
			continue;
		text_puts(&r->line, ", challenge by ");
		text_add(&r->line, a->authenticator_name.len > 0
					   ? common_untrusted(r, a->authenticator_name)
					   : STR("-"));
		text_puts(&r->line, ", response by ");
		text_add(&r->line,
			 a->peer_name.len > 0 ? common_untrusted(r, a->peer_name) : STR("-"));
		return;
	}
}

/* Which secret decided: ", verified with the password from line 4 of secrets". */
static void show_verified(struct run *r, enum truth verified, const struct session *s)
{
	/* who dials out is the one that the client asks */
	const struct auth *a = link_auth(&s->ppp, CLIENT);
	struct str origin = a->verified_with.len > 0 ? a->verified_with
						     : link_auth(&s->ppp, LNS)->verified_with;

	if (verified == TRUTH_UNKNOWN)
		return;
	text_puts(&r->line, verified == TRUTH_TRUE ? ", verified with " : ", does not fit ");
	text_puts(&r->line, "the password from ");
	text_escape(&r->line, origin.len > 0 ? origin : STR("a known secret"));
}

void show_auth(struct run *r, const struct call *c)
{
	if (c->auth_protocol == NULL)
		return;
	arena_reset(r->scratch);
	common_heading(r, "authentication of the client");
	text_printf(&r->line, "  %s", c->auth_protocol);
	if (c->auth_result != RESULT_UNKNOWN)
		text_printf(&r->line, ", %s",
			    c->auth_result == RESULT_SUCCESS ? "success" : "failure");
	if (c->auth_by != NULL && strcmp(c->auth_by, "lns") == 0 && !common_has_lns(c))
		text_puts(&r->line, ", by the server");
	else if (c->auth_by != NULL)
		text_printf(&r->line, ", by %s", c->auth_by);
	if (c->auth_proxy)
		text_puts(&r->line, ", handed on by the LAC (proxy)");
	show_verified(r, c->auth_verified, c->session);
	show_names(r, c->session);
	term_fold(&r->term, &r->line, 4);
}

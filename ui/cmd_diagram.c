#include <inttypes.h>

#include "cmd_common.h"
#include "command.h"
#include "diagram.h"
#include "message.h"
#include "timeline.h"

static enum exit_status run_diagram(struct run *r);

const struct command command_diagram = {
	.bit = COMMAND_DIAGRAM,
	.name = "diagram",
	.arguments = "[OPTIONS] INPUT...",
	.about = "sequence diagram of a call or tunnel: --format ascii|utf8|mermaid",
	.details = "Messages as arrows between client, LAC, LNS and RADIUS, with the states they "
		   "move.\nRepeats and data are folded. --call N or --tunnel N chooses.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS,
	.run = run_diagram,
};

/* Where a role stands; unknown roles of a tunnel stand where the call has them. */
static enum party_column column_of(enum role role, const struct step *s)
{
	const struct call *c = step_call(s);
	const struct session *session = s->session;
	bool initiator_is_lac = true;

	if (c != NULL && c->session != NULL && c->roles_known)
		initiator_is_lac = c->session->lac_end == INITIATOR;
	else if (session != NULL && session->roles_known)
		initiator_is_lac = session->lac_end == INITIATOR;
	switch (role) {
	case ROLE_CLIENT:
		return PARTY_CLIENT;
	case ROLE_LAC:
		return PARTY_LAC;
	case ROLE_LNS:
		return PARTY_LNS;
	case ROLE_RADIUS:
		return PARTY_RADIUS;
	case ROLE_INITIATOR:
		return initiator_is_lac ? PARTY_LAC : PARTY_LNS;
	case ROLE_RESPONDER:
		return initiator_is_lac ? PARTY_LNS : PARTY_LAC;
	case ROLE_UNKNOWN:
	case ROLE_NETWORK:
		break;
	}
	return PARTIES;
}

/* Speech that shows something happening, not every line a router prints. */
static bool is_drawn_speech(enum topic t)
{
	switch (t) {
	case SAID_PPP_PHASE:
	case SAID_LOOKUP:
	case SAID_FORWARDED:
	case SAID_CLONED:
	case SAID_LINK:
	case SAID_ISDN_CONNECT:
	case SAID_ISDN_DISCONNECT:
	case SAID_DIAL:
	case SAID_RADIUS:
	case SAID_ROUTE:
	case SAID_LCP_FORCED:
	case SAID_PPP_DISCONNECT:
	case SAID_RETRANSMIT:
		return true;
	default:
		return false;
	}
}

/* Both ends of an arrow; one that is not known stands across the tunnel. */
static bool find_columns(const struct run *r, const struct step *s, enum party_column *from,
			 enum party_column *to)
{
	*from = column_of(s->from, s);
	*to = column_of(s->to, s);
	if (s->event->kind == EVENT_SAID || s->event->is_virtual) {
		*from = column_of(timeline_speaker(r, s), s);
		*to = *from;
		return *from != PARTIES;
	}
	if (*from == PARTIES && *to == PARTIES)
		return false;
	if (*from == PARTIES)
		*from = *to == PARTY_LNS ? PARTY_LAC : PARTY_LNS;
	if (*to == PARTIES)
		*to = *from == PARTY_LNS ? PARTY_LAC : PARTY_LNS;
	return true;
}

static struct str label_of(struct run *r, const struct diagram *d, const struct step *s)
{
	enum { LABEL_MOST = 160 };
	struct text t = text_make(LIMIT_OUTPUT_LINE);
	struct str label;

	if (s->event->kind != EVENT_SAID) {
		message_name(&t, s->event);
		text_putc(&t, ' ');
	}
	if (s->event->kind != EVENT_DATA)
		message_detail(&t, step_fullest(s), false, r->options->show_secrets);
	if (s->delivery == DELIVERY_ACK)
		message_acknowledges(&t, s);
	label = text_str(&t);
	if (label.len > LABEL_MOST) {
		label.len = LABEL_MOST;
		while (label.len > 0 && ((unsigned char)label.at[label.len] & 0xc0) == 0x80)
			label.len--;
	}
	label = arena_str(d->arena, str_trim(label));
	text_free(&t);
	return label;
}

static void add_states(const struct diagram *d, struct diagram_row *row, const struct step *s)
{
	struct text t = text_make(4096);

	row->states = arena_array(d->arena, s->n_changes, sizeof(*row->states));
	for (size_t i = 0; row->states != NULL && i < s->n_changes; i++) {
		text_clear(&t);
		message_change(&t, &s->changes[i]);
		row->states[row->n_states++] = arena_str(d->arena, text_str(&t));
	}
	text_free(&t);
}

static void add_severity(const struct run *r, struct diagram_row *row, const struct step *s)
{
	const struct evidence_at *at;

	for (; s != NULL; s = s->seen_also) {
		size_t n = run_findings_at(r, s->event->number, &at);

		for (size_t i = 0; i < n; i++) {
			if (row->rule != NULL && at[i].finding->severity <= row->severity)
				continue;
			row->rule = at[i].finding->rule->id;
			row->severity = at[i].finding->severity;
		}
	}
}

/* The same message again, or data after data, folds into the row before. */
static bool folds(const struct diagram *d, const struct step *s, enum party_column from,
		  enum party_column to, struct str label)
{
	const struct diagram_row *last = d->last;
	bool is_data = s->event->kind == EVENT_DATA;

	if (last == NULL || last->kind == DIAGRAM_TITLE || last->is_data != is_data)
		return false;
	if (is_data)
		return true;
	return s->n_changes == 0 && last->from == from && last->to == to &&
	       str_equal(last->label, label);
}

static void name_party(struct run *r, struct diagram *d, enum party_column column,
		       const struct step *s)
{
	static const char *const words[] = {"client", "LAC", "LNS", "RADIUS"};
	struct diagram_party *party = &d->parties[column];
	const struct call *c = step_call(s);
	struct text t = text_make(2048);

	party->is_there = true;
	text_puts(&t, words[column]);
	if (party->name.len > strlen(words[column])) {
		text_free(&t);
		return;
	}
	if (c != NULL && column == PARTY_CLIENT && c->user.len > 0) {
		text_putc(&t, ' ');
		text_escape(&t, c->user);
	} else if (c != NULL && c->roles_known && (column == PARTY_LAC || column == PARTY_LNS)) {
		const struct call_side *side = &c->side[column == PARTY_LAC ? LAC : LNS];

		text_puts(&t, side->name.len > 0 ? " " : "");
		text_escape(&t, side->name);
		text_puts(&t, side->address.family != 0 ? " " : "");
		address_print(&t, &side->address);
	}
	(void)r;
	party->name = arena_str(d->arena, text_str(&t));
	text_free(&t);
}

static void append(struct diagram *d, struct diagram_row *row)
{
	if (d->last == NULL)
		d->first = row;
	else
		d->last->next = row;
	d->last = row;
}

static void add_step(struct run *r, struct diagram *d, const struct step *s)
{
	struct text t = text_make(64);
	enum party_column from;
	enum party_column to;
	struct diagram_row *row;
	struct str label;

	if (!find_columns(r, s, &from, &to))
		return;
	label = label_of(r, d, s);
	name_party(r, d, from, s);
	name_party(r, d, to, s);
	if (folds(d, s, from, to, label)) {
		d->last->repeats++;
		add_severity(r, d->last, s);
		return;
	}
	row = arena_alloc(d->arena, sizeof(*row));
	if (row == NULL)
		return;
	when_print(&t, r->options->time, run_step_time(r, s), (struct moment){0},
		   r->report->earliest);
	*row = (struct diagram_row){
		.kind = from == to ? DIAGRAM_NOTE : DIAGRAM_ARROW,
		.from = from,
		.to = to,
		.time = arena_str(d->arena, text_str(&t)),
		.label = label,
		.repeats = 1,
		.is_data = s->event->kind == EVENT_DATA,
	};
	add_states(d, row, s);
	add_severity(r, row, s);
	append(d, row);
	text_free(&t);
}

/* A ZLB or ACK only acknowledges: the story is told without it, unless it moves a state. */
static bool is_drawn(const struct step *s)
{
	const struct event *e = s->event;

	if (e->kind == EVENT_SAID)
		return s->n_changes > 0 || is_drawn_speech(e->said.topic);
	if (e->kind == EVENT_OTHER || e->kind == EVENT_ICMP)
		return e->kind == EVENT_ICMP;
	return !(e->kind == EVENT_CONTROL && s->n_changes == 0 &&
		 (e->control.message == ZLB || e->control.message == ACK));
}

static enum exit_status run_diagram(struct run *r)
{
	const char *format = r->options->format;
	struct diagram d = {.arena = arena_new(LIMIT_REPLAY_ARENA)};

	for (size_t i = 0; i < r->report->n_steps; i++) {
		const struct step *s = r->report->steps[i];

		if (is_drawn(s) && run_shows_step(r, s))
			add_step(r, &d, s);
	}
	if (format != NULL && strcmp(format, "mermaid") == 0)
		diagram_draw_mermaid(&d, &r->term);
	else if (d.first == NULL)
		common_print_contents(r);
	else
		diagram_draw_text(&d, &r->term, format == NULL || strcmp(format, "utf8") == 0);
	arena_free(d.arena);
	return STATUS_DONE;
}

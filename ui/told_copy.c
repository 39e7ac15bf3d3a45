#include "told_copy.h"

#include "rule.h"

/* ---- words ---- */

struct str copy_str(struct copier *x, struct str s)
{
	enum { SHORT = 48 };
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
	struct str *name;

	if (s.len == 0)
		return (struct str){0};
	if (s.len > SHORT)
		return arena_str(x->arena, s);
	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (unsigned char)s.at[i]) * 0x100000001b3u;
	name = &x->names[hash % COPY_NAMES];
	if (!str_equal(*name, s))
		*name = arena_str(x->arena, s);
	return *name;
}

/* Words of a table last as long as the program. */
static struct str copy_unless(struct copier *x, struct str s, const char *words)
{
	return s.at == words ? s : copy_str(x, s);
}

/* ---- marks ---- */

static const struct defect *copy_defect(struct copier *x, const struct defect *d)
{
	struct defect *copy = d == NULL ? NULL : arena_alloc(x->arena, sizeof(*copy));

	if (copy == NULL)
		return NULL;
	*copy = *d;
	copy->text = copy_str(x, d->text);
	copy->was = copy_str(x, d->was);
	copy->should_be = copy_str(x, d->should_be);
	copy->proof = copy_str(x, d->proof);
	return copy;
}

static void copy_words(struct copier *x, struct mark *m)
{
	const struct mark_words *words = m->in.words;
	struct mark_words *copy;

	if (!m->has_words)
		return;
	copy = arena_alloc(x->arena, sizeof(*copy));
	if (copy == NULL) {
		m->has_words = false;
		m->in.input = words->input;
		return;
	}
	*copy = *words;
	copy->stamp = copy_str(x, words->stamp);
	copy->text = copy_str(x, words->text);
	copy->damage = copy_defect(x, words->damage);
	m->in.words = copy;
}

static void copy_all_words(struct copier *x, struct mark *const *marks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		copy_words(x, marks[i]);
}

/* ---- records ---- */

static void copy_ending(struct copier *x, struct ending *e)
{
	e->text = copy_str(x, e->text);
	e->disconnect_text = copy_str(x, e->disconnect_text);
	copy_words(x, &e->mark);
}

void copy_call(struct copier *x, struct call *to, const struct call *from)
{
	struct mark *const marks[] = {&to->start, &to->requested, &to->connected, &to->end,
				      &to->cdn.mark};
	struct str *texts[CALL_TEXTS];
	size_t n = call_texts(to, texts);

	*to = *from;
	to->next = to->same_user_next = to->told_next = to->previous = NULL;
	to->legs = to->next_leg = to->whole = NULL;
	to->goes_on = false;
	to->session = NULL;
	to->radius = NULL;
	to->findings = NULL;
	to->attempts = NULL;
	for (size_t i = 0; i < n; i++)
		*texts[i] = copy_str(x, *texts[i]);
	to->cause_text = copy_str(x, from->cause_text);
	to->ipv6_id = arena_span(x->arena, from->ipv6_id);
	copy_all_words(x, marks, sizeof(marks) / sizeof(marks[0]));
}

static struct seen *copy_seen(struct copier *x, const struct seen *from)
{
	struct seen *first = NULL, **tail = &first;

	for (; from != NULL; from = from->next) {
		struct seen *copy = arena_alloc(x->arena, sizeof(*copy));

		if (copy == NULL)
			break;
		*copy = *from;
		copy->next = NULL;
		copy->again = NULL;
		copy_words(x, &copy->first);
		*tail = copy;
		tail = &copy->next;
	}
	return first;
}

static void copy_peer(struct copier *x, struct peer *p)
{
	p->name = copy_str(x, p->name);
	p->vendor = copy_str(x, p->vendor);
	p->dialed = copy_str(x, p->dialed);
	p->challenge = p->response = (struct span){0};
	copy_words(x, &p->challenge_mark);
	copy_words(x, &p->response_mark);
}

static void copy_tunnel_marks(struct copier *x, struct tunnel *t)
{
	struct mark *const marks[] = {
		&t->first,
		&t->last,
		&t->commanded,
		&t->stopped,
		&t->crossed,
		&t->icmp,
		&t->start,
		&t->connected,
		&t->ended,
		&t->auth_wrong,
		&t->unanswered.first,
		&t->unanswered.last,
	};

	copy_all_words(x, marks, sizeof(marks) / sizeof(marks[0]));
	for (int i = 0; i < 2; i++) {
		struct mark *const of_end[] = {
			&t->heard[i],
			&t->established[i],
			&t->claimed_auth[i],
			&t->claimed_auth_failed[i],
			&t->claimed_no_secret[i],
			&t->claimed_stranger[i],
			&t->port_move[i].mark,
			&t->address_move[i].mark,
		};

		copy_all_words(x, of_end, sizeof(of_end) / sizeof(of_end[0]));
		copy_peer(x, &t->peer[i]);
	}
}

void copy_tunnel(struct copier *x, struct tunnel *to, const struct tunnel *from)
{
	*to = *from;
	to->next = to->joined = to->kin_next = to->asked_next = NULL;
	to->goes_on = false;
	to->discovery = NULL;
	to->pptp = NULL;
	to->way = NULL;
	to->sessions = NULL;
	to->verdicts = NULL;
	to->defects = NULL;
	to->observed = to->late = to->root = NULL;
	to->findings = NULL;
	to->first_call = NULL;
	to->cause_text = copy_str(x, from->cause_text);
	to->auth_secret_from = copy_str(x, from->auth_secret_from);
	to->seen = copy_seen(x, from->seen);
	copy_ending(x, &to->stopccn);
	copy_tunnel_marks(x, to);
}

void copy_finding(struct copier *x, struct finding *to, const struct finding *from, struct str said)
{
	*to = *from;
	to->next = to->root = NULL;
	to->text = str_equal(from->text, said) ? said : copy_str(x, from->text);
	to->cause = copy_unless(x, from->cause, from->rule->explain);
	to->advice = copy_unless(x, from->advice, from->rule->advice);
	copy_words(x, &to->mark);
	to->evidence = arena_array(x->arena, from->n_evidence, sizeof(*to->evidence));
	if (to->evidence == NULL)
		to->n_evidence = 0;
	for (size_t i = 0; i < to->n_evidence; i++) {
		to->evidence[i] = from->evidence[i];
		copy_words(x, &to->evidence[i]);
	}
}

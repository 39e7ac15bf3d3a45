#include "phase.h"

static bool time_of(const struct run *r, const struct mark *m, int64_t *ret)
{
	struct moment when = when_aligned(r->report, m->vantage, mark_when(m));

	if (!m->is_set || !moment_known(when))
		return false;
	*ret = when.ns;
	return true;
}

/* A phase that begins before the last one did, or whose beginning nobody saw, is none. */
static void add(struct phases *p, const struct run *r, const char *name, const struct mark *begins)
{
	int64_t ns;

	if (!time_of(r, begins, &ns) || p->n == PHASES || (p->n > 0 && ns < p->at[p->n - 1].ns))
		return;
	p->at[p->n++] = (struct phase){name, ns};
	if (ns > p->end_ns)
		p->end_ns = ns;
}

static void end(struct phases *p, const struct run *r, const struct mark *m)
{
	int64_t ns;

	if (time_of(r, m, &ns) && ns > p->end_ns)
		p->end_ns = ns;
}

struct phases phases_of_tunnel(const struct run *r, const struct tunnel *t)
{
	struct phases p = {.end_ns = INT64_MIN};

	add(&p, r, "tunnel setup", &t->start);
	add(&p, r, "established", &t->connected);
	end(&p, r, t->ended.is_set ? &t->ended : &t->last);
	return p;
}

/* The earliest sight of a moment in any of the joined sessions. */
enum moment_of { MOMENT_ESTABLISHED, MOMENT_LCP, MOMENT_AUTH };

static const struct mark *mark_of(const struct session *s, enum moment_of which)
{
	switch (which) {
	case MOMENT_ESTABLISHED:
		return s->established[LNS].is_set ? &s->established[LNS] : &s->established[LAC];
	case MOMENT_LCP:
		return &link_cp(&s->ppp, CP_LCP)->opened;
	case MOMENT_AUTH:
		break;
	}
	return &link_auth(&s->ppp, CLIENT)->decided;
}

static const struct mark *earliest_of(const struct run *r, const struct session *s,
				      enum moment_of which)
{
	static const struct mark never;
	const struct mark *best = &never;
	int64_t best_ns = 0;

	for (; s != NULL; s = s->joined) {
		const struct mark *m = mark_of(s, which);
		int64_t ns;

		if (!time_of(r, m, &ns) || (best->is_set && ns >= best_ns))
			continue;
		best = m;
		best_ns = ns;
	}
	return best;
}

struct phases phases_of_call(const struct run *r, const struct call *c)
{
	struct phases p = {.end_ns = INT64_MIN};
	const struct session *s = c->session;
	const struct mark *lcp = earliest_of(r, s, MOMENT_LCP);
	const struct mark *decided = earliest_of(r, s, MOMENT_AUTH);
	bool is_asked = c->auth_protocol != NULL && strcmp(c->auth_protocol, "none") != 0;
	bool has_auth = decided->is_set || (is_asked && c->reached < REACHED_AUTH);
	const struct mark *established = earliest_of(r, s, MOMENT_ESTABLISHED);
	bool has_session = established->is_set || c->requested.is_set;
	int64_t up;

	/* of a bare line only its PPP is known */
	add(&p, r, has_session ? "session setup" : "LCP", &c->start);
	add(&p, r, "LCP", established);
	add(&p, r, has_auth ? "authentication" : "network protocols", lcp);
	if (c->auth_result != RESULT_FAILURE)
		add(&p, r, "network protocols", decided);
	add(&p, r, "up", &c->connected);
	end(&p, r, c->end.is_set || s == NULL ? &c->end : &s->last);
	if (!c->end.is_set && c->duration_s > 0 && time_of(r, &c->connected, &up) &&
	    up + (int64_t)(c->duration_s * 1e9) > p.end_ns)
		p.end_ns = up + (int64_t)(c->duration_s * 1e9);
	return p;
}

double phase_seconds(const struct phases *p, const char *name)
{
	for (size_t i = 0; i + 1 < p->n; i++) {
		if (strcmp(p->at[i].name, name) == 0)
			return (double)(p->at[i + 1].ns - p->at[i].ns) / 1e9;
	}
	return -1;
}

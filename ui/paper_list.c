#include <inttypes.h>

#include "cmd_common.h"
#include "paper.h"

struct paper_column {
	const char *title;
	bool is_number;
};

/* clang-format off */
static const struct paper_column call_columns[] = {
	{"call", true}, {"user", false}, {"calling", false}, {"called", false}, {"LAC", false},
	{"LNS", false}, {"reached", false}, {"outcome", false}, {"by", false}, {"cause", false},
	{"start", false}, {"setup", true}, {"lasted", true}, {"findings", false},
};
static const struct paper_column tunnel_columns[] = {
	{"tunnel", true}, {"initiator", false}, {"responder", false}, {"calls", true},
	{"outcome", false}, {"by", false}, {"cause", false}, {"start", false}, {"resent", true},
	{"findings", false},
};
/* clang-format on */

enum {
	CALL_COLUMNS = sizeof(call_columns) / sizeof(call_columns[0]),
	TUNNEL_COLUMNS = sizeof(tunnel_columns) / sizeof(tunnel_columns[0]),
};

static void write_columns(struct writer *j, const struct paper_column *columns, size_t n)
{
	writer_key(j, "columns");
	writer_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		writer_open(j, '[');
		writer_string(j, str_of(columns[i].title));
		writer_bool(j, columns[i].is_number);
		writer_close(j, ']');
	}
	writer_close(j, ']');
}

static void write_cells(struct paper *p, const struct field_set *set, const struct subject *s,
			const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		writer_string(&p->page.json, common_field(p->run, set, s, keys[i]));
}

static void write_call(struct paper *p, const struct call *c)
{
	static const char *const who[] = {"id", "user", "calling_number", "called_number"};
	static const char *const end[] = {"reached", "outcome", "ended_by", "cause"};
	static const char *const rest[] = {"setup_s", "duration_s", "findings"};
	struct writer *j = &p->page.json;
	struct subject s = run_subject(p->run);

	s.call = c;
	s.tunnel = c->tunnel;
	writer_open(j, '[');
	write_cells(p, &field_calls, &s, who, sizeof(who) / sizeof(who[0]));
	writer_string(j, common_side(p->run, c, LAC));
	writer_string(j, common_side(p->run, c, LNS));
	write_cells(p, &field_calls, &s, end, sizeof(end) / sizeof(end[0]));
	writer_string(j, common_start(p->run, &c->start));
	write_cells(p, &field_calls, &s, rest, sizeof(rest) / sizeof(rest[0]));
	writer_close(j, ']');
	webpage_flush(&p->page);
}

static void write_tunnel(struct paper *p, const struct tunnel *t)
{
	static const char *const end[] = {"sessions", "outcome", "ended_by", "cause"};
	static const char *const rest[] = {"retransmissions", "findings"};
	struct writer *j = &p->page.json;
	struct subject s = run_subject(p->run);

	s.tunnel = t;
	writer_open(j, '[');
	writer_string(j, common_field(p->run, &field_tunnels, &s, "id"));
	writer_string(j, common_peer(p->run, &t->peer[INITIATOR]));
	writer_string(j, common_peer(p->run, &t->peer[RESPONDER]));
	write_cells(p, &field_tunnels, &s, end, sizeof(end) / sizeof(end[0]));
	writer_string(j, common_start(p->run, &t->start));
	write_cells(p, &field_tunnels, &s, rest, sizeof(rest) / sizeof(rest[0]));
	writer_close(j, ']');
	webpage_flush(&p->page);
}

void paper_list(struct paper *p)
{
	struct writer *j = &p->page.json;

	webpage_data(&p->page, "list");
	writer_open(j, '{');
	writer_key(j, "call");
	writer_open(j, '{');
	write_columns(j, call_columns, CALL_COLUMNS);
	writer_key(j, "rows");
	writer_open(j, '[');
	for (const struct call *c = p->run->report->calls; c != NULL; c = c->next) {
		if (p->shares[PAPER_CALL][c->number] != PAPER_LEFT_OUT)
			write_call(p, c);
	}
	writer_close(j, ']');
	writer_close(j, '}');
	writer_key(j, "tunnel");
	writer_open(j, '{');
	write_columns(j, tunnel_columns, TUNNEL_COLUMNS);
	writer_key(j, "rows");
	writer_open(j, '[');
	for (const struct tunnel *t = p->run->report->tunnels; t != NULL; t = t->next) {
		if (p->shares[PAPER_TUNNEL][t->number] != PAPER_LEFT_OUT)
			write_tunnel(p, t);
	}
	writer_close(j, ']');
	writer_close(j, '}');
	writer_close(j, '}');
	webpage_data_end(&p->page);
}

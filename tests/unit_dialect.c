#include "code.h"
#include "daemon.h"
#include "grammar.h"
#include "log_record.h"
#include "source.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

enum { ROWS = 1024, FILE_MOST = 1 << 20 };

/* All rows of all dialects, IOS first. */
static size_t all_rows(const struct grammar_row **rows)
{
	size_t n = grammar_rows(&dialect_ios, rows, ROWS);

	for (size_t d = 0; d < n_daemon_dialects; d++)
		for (size_t i = 0; i < daemon_dialects[d]->tables->n && n < ROWS; i++)
			rows[n++] = &daemon_dialects[d]->tables->rows[i];
	return n;
}

/* A row that says nothing is no row: it has a field, or a topic that somebody asks for, or it
 * makes a message. What it reads is stated beside its sample. */
static void rows_yield_something(void **state)
{
	const struct grammar_row *rows[ROWS];
	size_t n = all_rows(rows), recalled = 0, failed = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		recalled += (rows[i]->flags & ROW_RECALLED) != 0;
		assert_non_null(rows[i]->sample);
		assert_true(rows[i]->sample[0] != '\0');
		assert_non_null(rows[i]->reading);
		if (rows[i]->reading[0] || rows[i]->kind != RECORD_SAID ||
		    rows[i]->topic != SAID_NOTHING || !strchr(rows[i]->pattern, '{') ||
		    rows[i]->means)
			continue;
		print_error("%s yields neither a field nor a topic\n", rows[i]->name);
		failed++;
	}
	assert_int_equal(failed, 0);
	print_message("%zu rows, %zu of them without a real sample\n", n, recalled);
}

/* The grammar of every daemon's rows at once, as the reader has it. */
static struct grammar *daemons_grammar(const struct grammar_table **tables)
{
	struct dialect all = {"daemons", tables, 0};

	for (size_t d = 0; d < n_daemon_dialects; d++)
		tables[all.n_tables++] = daemon_dialects[d]->tables;
	return grammar_new(&all);
}

/* Without a program's tag, the sample of a row is not read by a row of another dialect, unless
 * either needs the context of its dialect. */
static void samples_are_of_one_dialect(void **state)
{
	const struct grammar_table *tables[64];
	struct grammar *g = daemons_grammar(tables);
	struct arena *a = arena_new((size_t)16 << 20);
	size_t failed = 0;

	(void)state;
	for (size_t d = 0; d < n_daemon_dialects; d++) {
		for (size_t i = 0; i < tables[d]->n; i++) {
			const struct grammar_row *row = &tables[d]->rows[i];
			size_t name = strlen(daemon_dialects[d]->name);
			struct grammar_match m;

			if (row->flags & (ROW_CONTEXT | ROW_GENERIC))
				continue;
			if (!grammar_match_line(g, str_of(row->sample), NULL, a, &m))
				continue;
			if (strncmp(m.row->name, row->name, name) == 0 ||
			    (m.row->flags & ROW_CONTEXT))
				continue;
			/* pppd prints as accel-ppp and Keenetic do, and mpd's tag decides */
			if (strcmp(daemon_dialects[d]->name, "keenetic") == 0)
				continue;
			print_error("%s is read by %s\n", row->name, m.row->name);
			failed++;
		}
	}
	grammar_free(g);
	arena_free(a);
	assert_int_equal(failed, 0);
}

/* ---- prose ---- */

static struct str file_read(const char *path, char *room)
{
	FILE *file = fopen(path, "r");
	size_t n;

	if (!file)
		return (struct str){0};
	n = fread(room, 1, FILE_MOST, file);
	fclose(file);
	return (struct str){room, n};
}

static size_t heard_by_daemons(struct str content)
{
	struct daemon_reader *r = daemon_open(content, 0, 0, NULL);
	struct stretch stretch;
	struct event e;
	size_t n;

	while (daemon_next(r, &e, &stretch) != DAEMON_END)
		if (e.kind == EVENT_SAID && e.said.topic == SAID_UNREAD)
			print_error("line %llu: %.*s\n", (unsigned long long)e.origin.line,
				    STR_ARG(e.text));
	n = daemon_stats(r)->records;
	daemon_close(r);
	return n;
}

/* A configuration and a prompt are what they are, and `%OSPF-5-ADJCHG` is a syslog message. */
static bool is_any_text(const struct grammar_row *row)
{
	return !row || row->topic == SAID_CONFIG || row->topic == SAID_COMMAND ||
	       strcmp(row->name, "ios.syslog.other") == 0;
}

static size_t heard_by_ios(struct str content)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct log_reader *r = log_open(content, 0, 0, a);
	struct log_record record;
	size_t n = 0;

	while (log_next(r, &record)) {
		if (is_any_text(record.row))
			continue;
		print_error("line %llu: %s: %.*s\n", (unsigned long long)record.origin.line,
			    record.row->name, STR_ARG(record.text));
		n++;
	}
	log_close(r);
	arena_free(a);
	return n;
}

/* Books, posts, configurations, other daemons, other debugs of a router: no row reads a line. */
static void prose_is_not_read(void **state)
{
	char *room = must_alloc(FILE_MOST, 1), path[512];
	DIR *folder = opendir(SOURCE_DIR "/tests/prose");
	size_t files = 0, heard = 0, lines = 0;
	struct dirent *entry;

	(void)state;
	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		struct str content;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/tests/prose/%s", SOURCE_DIR, entry->d_name);
		content = file_read(path, room);
		for (size_t i = 0; i < content.len; i++)
			lines += content.at[i] == '\n';
		heard += heard_by_daemons(content) + heard_by_ios(content);
		files++;
	}
	closedir(folder);
	free(room);
	print_message("%zu lines of %zu texts, %zu read\n", lines, files, heard);
	assert_true(files >= 7);
	assert_true(lines > 4000);
	assert_int_equal(heard, 0);
}

/* ---- what nothing reads ---- */

struct totals {
	uint64_t records, unread;
};

static void read_text(const char *path, struct totals *t)
{
	uint16_t vantages = 1;
	struct source_options o = {.name = path, .vantages = &vantages, .with_noise = true};
	struct text why = text_make(1024);
	struct source *s = source_open(path, &o, &why);
	const struct input_stats *stats;
	struct event e;

	if (!s)
		fail_msg("%s: %s", path, why.at);
	while (source_next(s, &e) == PULLED)
		if (e.kind == EVENT_SAID && e.said.topic == SAID_UNREAD)
			print_message("%s:%llu: %.*s\n", path, (unsigned long long)e.origin.line,
				      STR_ARG(e.text));
	stats = source_stats(s);
	t->records += stats->records;
	t->unread += stats->records_unread;
	source_close(s);
	text_free(&why);
}

static void read_folder(const char *name, const char *end, struct totals *t)
{
	DIR *folder = opendir(name);
	struct dirent *entry;
	char path[1024];

	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		if (!str_ends(str_of(entry->d_name), end) || entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", name, entry->d_name);
		read_text(path, t);
	}
	closedir(folder);
}

static void real_logs_are_read(void **state)
{
	struct totals seeds = {0}, logs = {0};
	struct stat st;

	(void)state;
	if (stat(SOURCE_DIR "/../shared/logs", &st) != 0)
		skip();
	read_folder(SOURCE_DIR "/../shared/seeds", ".txt", &seeds);
	read_folder(SOURCE_DIR "/../shared/logs/cisco", ".log", &logs);
	read_folder(SOURCE_DIR "/../shared/logs/linux", ".log", &logs);
	read_folder(SOURCE_DIR "/../shared/logs/other", ".log", &logs);
	print_message("seeds: %llu of %llu records unread; logs: %llu of %llu\n",
		      (unsigned long long)seeds.unread, (unsigned long long)seeds.records,
		      (unsigned long long)logs.unread, (unsigned long long)logs.records);
	assert_true(seeds.records > 500);
	assert_true(logs.records > 600);
	assert_int_equal(seeds.unread, 0);
	assert_true(logs.unread * 100 < logs.records);
}

/* ---- every dialect has a log ---- */

enum { DIALECTS = 64 };

static size_t dialect_names(const char *names[DIALECTS])
{
	size_t n = 0;

	names[n++] = dialect_ios.name;
	for (size_t d = 0; d < n_daemon_dialects; d++)
		names[n++] = daemon_dialects[d]->name;
	return n;
}

/* `xl2tpd, pppd` names pppd, and not ppp. */
static bool is_listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = list; at && *at; at = strchr(at, ',')) {
		at += strspn(at, ", ");
		if (strncmp(at, name, n) == 0 && (at[n] == ',' || at[n] == '\0'))
			return true;
	}
	return false;
}

/* Which dialects the logs of a folder are of, as the program names them. */
static void hear_folder(const char *folder, bool is_heard[DIALECTS])
{
	const char *names[DIALECTS];
	size_t n = dialect_names(names);
	struct dirent *entry;
	DIR *list = opendir(folder);
	char path[1024];

	assert_non_null(list);
	while ((entry = readdir(list))) {
		struct source_options o = {.name = path, .vantages = &(uint16_t){1}};
		struct text why = text_make(1024);
		struct source *s = NULL;

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (str_ends(str_of(entry->d_name), ".log"))
			s = source_open(path, &o, &why);
		for (size_t d = 0; s && d < n; d++)
			is_heard[d] |= is_listed(source_stats(s)->dialect, names[d]);
		if (s)
			source_close(s);
		text_free(&why);
	}
	closedir(list);
}

/* A row's sample is one line: that a log of the dialect is told from others, and what becomes of
 * it, is told by a whole one. Facts of those in tests/facts are in dialects.tsv there, and those in
 * samples/ have a golden or a truth. */
static void each_dialect_has_a_log(void **state)
{
	const char *names[DIALECTS];
	bool is_heard[DIALECTS] = {false};
	size_t n = dialect_names(names), missing = 0;

	(void)state;
	hear_folder(SOURCE_DIR "/samples", is_heard);
	hear_folder(SOURCE_DIR "/tests/facts", is_heard);
	for (size_t d = 0; d < n; d++) {
		if (is_heard[d])
			continue;
		print_error("no log of %s in samples/ or tests/facts/\n", names[d]);
		missing++;
	}
	assert_int_equal(missing, 0);
}

/* ---- events of small texts ---- */

struct reading {
	struct event events[64];
	size_t n;
	struct arena *arena;
};

static void read_lines(const char *const *lines, struct reading *ret)
{
	char path[] = "/tmp/unit-dialect-XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");
	uint16_t vantages = 1;
	struct source_options o = {.name = path, .vantages = &vantages};
	struct text why = text_make(1024);
	struct source *s;
	struct event e;

	assert_non_null(file);
	for (; *lines; lines++)
		fprintf(file, "%s\n", *lines);
	fclose(file);
	s = source_open(path, &o, &why);
	if (!s)
		fail_msg("%s", why.at);
	*ret = (struct reading){.arena = arena_new((size_t)4 << 20)};
	while (ret->n < 64 && source_next(s, &e) == PULLED)
		ret->events[ret->n++] = *event_copy(ret->arena, &e);
	source_close(s);
	text_free(&why);
	remove(path);
}

/* The n-th event of a kind. */
static const struct event *nth(const struct reading *r, enum event_kind kind, size_t n)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->events[i].kind == kind && n-- == 0)
			return &r->events[i];
	fail_msg("no such event");
	return &r->events[0];
}

/* `debug pppoe packets`: the dump is a frame, not a damaged message of the tunnel. */
static void dumped_frames_are_read(void **state)
{
	static const char *const lines[] = {
		"*Sep 14 11:29:59.696: PPPoE 0: I PADR  R:0200.0000.0001 L:0200.0000.0002 100 "
		"Gi5.64499",
		"contiguous pak, size 44",
		"\t 02 00 00 00 00 02 02 00 00 00 00 01 81 00 00 64",
		"\t 81 00 00 01 88 63 11 19 00 00 00 10 01 01 00 00",
		"\t 01 03 00 08 2E 00 00 01 00 00 02 D9",
		"*Sep 14 11:29:59.697: [76]PPPoE 76: O PADS  R:0200.0000.0001 L:0200.0000.0002 "
		"Gi5.64499",
		"contiguous pak, size 44",
		"\t 02 00 00 00 00 01 02 00 00 00 00 02 81 00 40 64",
		"\t 81 00 40 01 88 63 11 65 00 4C 00 10 01 01 00 00",
		"\t 01 03 00 08 2E 00 00 01 00 00 02 D9",
		NULL};
	struct reading r;
	const struct event *padr, *pads;

	(void)state;
	read_lines(lines, &r);
	padr = nth(&r, EVENT_PPPOE, 0);
	pads = nth(&r, EVENT_PPPOE, 1);
	assert_int_equal(padr->sense, RECEIVED);
	assert_int_equal(padr->origin.line, 2);
	assert_int_equal(pads->sense, SENT);
	assert_int_equal(pads->path.pppoe, 76);
	assert_true(moment_minus(pads->when, padr->when) == 1000000);
	for (size_t i = 0; i < r.n; i++)
		assert_int_equal(r.events[i].n_defects, 0);
	arena_free(r.arena);
}

/* Messages and defects of the sample, `copies` times in one text. */
static size_t messages_of(unsigned copies)
{
	char path[] = "/tmp/unit-dialect-XXXXXX", octets[65536];
	FILE *sample = fopen(SOURCE_DIR "/samples/dialin-lns.log", "r");
	FILE *file = fdopen(mkstemp(path), "w");
	uint16_t vantages = 1;
	struct source_options o = {.name = path, .vantages = &vantages};
	struct text why = text_make(1024);
	struct source *s;
	struct event e;
	size_t n = 0, len;

	assert_non_null(sample);
	assert_non_null(file);
	len = fread(octets, 1, sizeof(octets), sample);
	fclose(sample);
	for (unsigned i = 0; i < copies; i++)
		assert_int_equal(fwrite(octets, 1, len, file), len);
	fclose(file);
	s = source_open(path, &o, &why);
	assert_non_null(s);
	while (source_next(s, &e) == PULLED)
		n += (e.kind == EVENT_CONTROL || e.kind == EVENT_PPP) + e.n_defects;
	source_close(s);
	text_free(&why);
	remove(path);
	return n;
}

/* A long stretch comes in pieces, which end in the middle of messages: none is cut. */
static void no_piece_cuts_a_message(void **state)
{
	size_t once = messages_of(1);

	(void)state;
	assert_true(once > 20);
	assert_int_equal(messages_of(64), 64 * once);
}

/* What tcpdump -vv prints of a packet is the packet. */
static void tcpdump_is_a_capture(void **state)
{
	static const char *const lines[] = {
		"13:03:36.696821 IP (tos 0x0, ttl 64, id 57676, offset 0, flags [DF], proto UDP "
		"(17), length 70)",
		"    10.66.1.2.1701 > 10.66.1.1.1701: [no cksum]  l2tp:[TLS](5658/0)Ns=2,Nr=1 "
		"*MSGTYPE(ICRQ) *ASSND_SESS_ID(33262) *CALL_SER_NUM(1) *BEARER_TYPE()",
		"13:03:36.707352 IP (tos 0x0, ttl 64, id 2302, offset 0, flags [DF], proto UDP "
		"(17), length 69)",
		"    10.66.1.1.1701 > 10.66.1.2.1701: [no cksum]  l2tp:[L](49044/33262) {LCP, "
		"Conf-Request (0x01), id 1, length 17",
		"\tencoded length 15 (=Option(s) length 11)",
		"\t0x0000:  c021 0101 000f",
		"\t  Auth-Prot Option (0x03), length 5: CHAP, MD5",
		"\t    0x0000:  c223 05",
		"\t  Magic-Num Option (0x05), length 6: 0x31d780dc",
		"\t    0x0000:  31d7 80dc}",
		"13:03:45.226798 IP 10.66.1.2.1701 > 10.66.1.1.1701:  l2tp:[TLS](5658/0)Ns=4,Nr=2 "
		"*MSGTYPE(StopCCN) *ASSND_TUN_ID(49044) *RESULT_CODE(1/0 Goodbye!)",
		NULL};
	struct reading r;
	const struct event *e;

	(void)state;
	read_lines(lines, &r);
	e = nth(&r, EVENT_CONTROL, 0);
	assert_int_equal(e->sense, CROSSING);
	assert_int_equal(e->control.message, ICRQ);
	assert_int_equal(e->from.session_id, 33262);
	assert_int_equal(e->to.tunnel_id, 5658);
	assert_int_equal(e->l2tp.ns, 2);
	assert_true(e->control.is_complete);
	assert_int_equal(e->n_defects, 0);
	e = nth(&r, EVENT_PPP, 0);
	assert_int_equal(e->to.session_id, 33262);
	assert_int_equal(e->ppp.n_options, 2);
	assert_true(e->ppp.is_complete);
	e = nth(&r, EVENT_CONTROL, 1);
	assert_int_equal(e->control.message, STOPCCN);
	assert_int_equal(e->control.n_avps, 3);
	arena_free(r.arena);
}

/* Both consoles of one call: what a tag names is the speaker's own, what a packet line names is
 * the receiver's. */
static void newer_ios_names_its_own_ids(void **state)
{
	static const char *const lac[] = {
		"*Mar  1 10:00:00.100: L2TP tnl   08062:0000B9C4: FSM-CC    Idle->Wt-SCCRP",
		"*Mar  1 10:00:00.124: L2TP tnl   08062:0000B9C4: O SCCCN, flg TLS, ver 2, len 42, "
		"tnl 9001, cl 0, ns 1, nr 1",
		"*Mar  1 10:00:00.150: L2TP 00003:08062:0000B1C2: I ICRP, flg TLS, ver 2, len 28, "
		"tnl 47556, cl 45506, ns 1, nr 3",
		"*Mar  1 10:00:00.151: L2TP 00003:08062:0000B1C2: FSM-Sn    Wt-Rx-ICRP->Proc-ICRP",
		NULL};
	static const char *const lns[] = {
		"*Mar  1 10:00:00.110: L2TP tnl   0A001:00002329: FSM-CC    Proc-SCCRQ->Wt-SCCCN",
		"*Mar  1 10:00:00.126: L2TP tnl   0A001:00002329: I SCCCN, flg TLS, ver 2, len 42, "
		"tnl 9001, cl 0, ns 1, nr 1",
		"*Mar  1 10:00:00.140: L2TP 00007:0A001:00000011: O ICRP, flg TLS, ver 2, len 28, "
		"tnl 47556, cl 45506, ns 1, nr 3",
		NULL};
	struct reading r;
	const struct event *e;

	(void)state;
	read_lines(lac, &r);
	e = nth(&r, EVENT_SAID, 0);
	assert_int_equal(e->said.topic, SAID_TUNNEL_STATE);
	assert_int_equal(e->from.tunnel_id, 47556);
	e = nth(&r, EVENT_CONTROL, 0);
	assert_int_equal(e->from.tunnel_id, 47556);
	assert_int_equal(e->to.tunnel_id, 9001);
	e = nth(&r, EVENT_CONTROL, 1);
	assert_int_equal(e->to.tunnel_id, 47556);
	assert_int_equal(e->to.session_id, 45506);
	e = nth(&r, EVENT_SAID, 1);
	assert_int_equal(e->said.topic, SAID_SESSION_STATE);
	assert_int_equal(e->from.tunnel_id, 47556);
	assert_int_equal(e->from.session_id, 45506);
	arena_free(r.arena);
	read_lines(lns, &r);
	e = nth(&r, EVENT_CONTROL, 0);
	assert_int_equal(e->to.tunnel_id, 9001);
	e = nth(&r, EVENT_CONTROL, 1);
	assert_int_equal(e->from.tunnel_id, 9001);
	assert_int_equal(e->from.session_id, 17);
	assert_int_equal(e->to.tunnel_id, 47556);
	arena_free(r.arena);
}

static void radius_lines_are_one_packet(void **state)
{
	static const char *const ios[] = {
		"*Mar  1 10:00:00.155: RADIUS(0000000A): Send Access-Request to 192.0.2.9:1645 id "
		"1645/12, len 90",
		"*Mar  1 10:00:00.155: RADIUS:  User-Name           [1]   14  \"u@isp.example\"",
		"*Mar  1 10:00:00.155: RADIUS:  Vendor, Cisco       [26]  30",
		"*Mar  1 10:00:00.155: RADIUS:   Cisco AVpair       [1]   24  "
		"\"vpdn:tunnel-id=lac1\"",
		"*Mar  1 10:00:00.160: RADIUS: Received from id 1645/12 192.0.2.9:1645, "
		"Access-Reject, len 64",
		NULL};
	static const char *const server[] = {
		"(3) Received Access-Request Id 7 from 192.0.2.1:40000 to 192.0.2.9:1812 length 82",
		"(3)   User-Name = \"carol\"",
		"(3)   Framed-IP-Address = 10.9.0.4",
		"(3)     [chap] = ok",
		"(3) Sent Access-Accept Id 7 from 192.0.2.9:1812 to 192.0.2.1:40000 length 38",
		"(3)   Framed-Protocol = PPP",
		"(3) Finished request",
		NULL};
	struct reading r;
	const struct event *e;

	(void)state;
	read_lines(ios, &r);
	e = nth(&r, EVENT_RADIUS, 0);
	assert_int_equal(e->neighbour.code, 1);
	assert_int_equal(e->neighbour.id, 12);
	assert_int_equal(e->to.port, 1645);
	assert_int_equal(e->n_values, 2);
	assert_true(str_is(e->values[0].text, "u@isp.example"));
	assert_int_equal(nth(&r, EVENT_RADIUS, 1)->neighbour.code, 3);
	arena_free(r.arena);
	read_lines(server, &r);
	e = nth(&r, EVENT_RADIUS, 0);
	assert_int_equal(e->sense, RECEIVED);
	assert_int_equal(e->n_values, 2);
	assert_int_equal(e->from.port, 40000);
	e = nth(&r, EVENT_RADIUS, 1);
	assert_int_equal(e->neighbour.code, 2);
	assert_int_equal(e->n_values, 1);
	arena_free(r.arena);
}

/* Octets and words of what prints PPP in its own way. */
static void ppp_is_put_together(void **state)
{
	static const char *const windows[] = {
		"\t<PPP packet sent at 05/06/2001 11:51:07:100",
		"\t<Protocol = PAP, Type = Protocol specific, Length = 0x10, Id = 0x2, Port =1",
		"\t<C0 23 01 02 00 0E 03 62 6F 62 05 66 69 73 68 73 |.#.....bob.xxxxx|",
		"\tPosting listen on address e90624",
		"\tPPP packet received at 05/06/2001 11:51:08:923",
		"\tProtocol = PAP, Type = Protocol specific, Length = 0x7, Id = 0x2, Port=1",
		"\tC0 23 03 02 00 05 00                            |.#....           |",
		NULL};
	static const char *const solstice[] = {
		"09:10:42: ipdptp0 Recv: LCP Packet Config Request  [id: 0a]",
		"[length: 0013]",
		"\t  Maximun Receive unit: 1500",
		"\t  Authentication protocol: CHAP using MD5 algorithm",
		"\t  Magic Number: 4d3c2b1a",
		"09:10:42: ipdptp0 Send: LCP Packet Config Reject   [id: 0a]",
		"[length: 0009]",
		"\t  Authentication protocol: CHAP using MD5 algorithm",
		NULL};
	static const char *const draytek[] = {
		"\"2021-02-03 08:00:11\", \"L2TP ==> Control(0xC802)-L-S Ver:2 Len:20, Tunnel "
		"ID:50110, Session ID:0, Ns:5, Nr:4\"",
		"\"2021-02-03 08:00:14\", \"L2TP (VPN-0, user1) <== Protocol:LCP(c021) EchoReq "
		"Identifier:0x04 Magic Number: 0xa1b2 c3 d4 ##\"",
		NULL};
	struct reading r;
	const struct event *e;

	(void)state;
	read_lines(windows, &r);
	e = nth(&r, EVENT_PPP, 0);
	assert_int_equal(e->sense, SENT);
	assert_true(str_is(e->ppp.name, "bob"));
	e = nth(&r, EVENT_PPP, 1);
	assert_int_equal(e->sense, RECEIVED);
	assert_int_equal(e->ppp.code, 3);
	arena_free(r.arena);
	read_lines(solstice, &r);
	e = nth(&r, EVENT_PPP, 0);
	assert_int_equal(e->ppp.id, 10);
	assert_int_equal(e->ppp.n_options, 3);
	assert_true(e->ppp.is_complete);
	assert_int_equal(nth(&r, EVENT_PPP, 1)->sense, SENT);
	arena_free(r.arena);
	read_lines(draytek, &r);
	e = nth(&r, EVENT_CONTROL, 0);
	assert_int_equal(e->control.message, HELLO);
	assert_int_equal(e->to.tunnel_id, 50110);
	e = nth(&r, EVENT_PPP, 0);
	assert_true(e->ppp.has_magic && e->ppp.magic == 0xa1b2c3d4);
	arena_free(r.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_yield_something),
		cmocka_unit_test(samples_are_of_one_dialect),
		cmocka_unit_test(prose_is_not_read),
		cmocka_unit_test(real_logs_are_read),
		cmocka_unit_test(each_dialect_has_a_log),
		cmocka_unit_test(dumped_frames_are_read),
		cmocka_unit_test(no_piece_cuts_a_message),
		cmocka_unit_test(tcpdump_is_a_capture),
		cmocka_unit_test(newer_ios_names_its_own_ids),
		cmocka_unit_test(radius_lines_are_one_packet),
		cmocka_unit_test(ppp_is_put_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

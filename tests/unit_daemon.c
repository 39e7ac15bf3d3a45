#include "daemon.h"
#include "grammar.h"
#include "log_record.h"
#include "ppp_words.h"
#include "source.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct str reading(struct arena *a, const struct grammar_match *m)
{
	struct text t = text_make(LIMIT_RECORD);
	struct str s;

	for (size_t i = 0; i < m->n_values; i++) {
		if (i)
			text_putc(&t, ' ');
		text_puts(&t, log_field_name((enum log_field)m->values[i].field));
		text_putc(&t, '=');
		text_add(&t, m->values[i].text);
	}
	s = arena_str(a, text_str(&t));
	text_free(&t);
	return s;
}

/* Each row reads its own sample as stated, and among all dialects no other row does. */
static void rows_read_their_samples(void **state)
{
	const struct grammar_table *tables[32];
	struct dialect all = {"daemons", tables, 0};
	struct arena *a = arena_new((size_t)16 << 20);
	struct grammar *g;
	size_t failed = 0;

	(void)state;
	for (size_t d = 0; d < n_daemon_dialects; d++)
		tables[all.n_tables++] = daemon_dialects[d]->tables;
	g = grammar_new(&all);
	for (size_t d = 0; d < n_daemon_dialects; d++) {
		for (size_t i = 0; i < tables[d]->n; i++) {
			const struct grammar_row *row = &tables[d]->rows[i];
			struct grammar_match m;
			struct str is;
			bool is_read = grammar_match_line(g, str_of(row->sample),
							  daemon_dialects[d]->name, a, &m);

			if (!is_read) {
				print_error("%s: not read: %s\n", row->name, row->sample);
				failed++;
				continue;
			}
			is = reading(a, &m);
			if (m.row == row && str_is(is, row->reading))
				continue;
			print_error("%s: read by %s\n  is     %.*s\n  stated %s\n", row->name,
				    m.row->name, STR_ARG(is), row->reading);
			failed++;
		}
	}
	grammar_free(g);
	arena_free(a);
	assert_int_equal(failed, 0);
}

static void rows_are_named_after_their_dialect(void **state)
{
	(void)state;
	for (size_t d = 0; d < n_daemon_dialects; d++) {
		const char *name = daemon_dialects[d]->name;

		for (size_t i = 0; i < daemon_dialects[d]->tables->n; i++) {
			const char *row = daemon_dialects[d]->tables->rows[i].name;

			assert_int_equal(strncmp(row, name, strlen(name)), 0);
			assert_int_equal(row[strlen(name)], '.');
		}
	}
}

static void prefixes_come_off(void **state)
{
	static const char *const programs[] = {"pppd", "xl2tpd", NULL};
	static const struct {
		const char *line, *stamp, *host, *program, *text;
		uint32_t pid;
	} cases[] = {
		{"xl2tpd[2718]: Exit.", "", "", "xl2tpd", "Exit.", 2718},
		{"Sep 24 18:42:10 gw7 pppd[12]: Exit.", "Sep 24 18:42:10", "gw7", "pppd", "Exit.",
		 12},
		{"Sep  1 20:00:44  pppd[150]: Exit.", "Sep  1 20:00:44", "", "pppd", "Exit.", 150},
		{"Tue Mar 12 07:15:38 2019 daemon.err pppd[1]: Exit.", "Tue Mar 12 07:15:38 2019",
		 "", "pppd", "Exit.", 1},
		{"daemon.notice xl2tpd[910]: Exit.", "", "", "xl2tpd", "Exit.", 910},
		{"May  4 03:11:59 nat1 xl2tpd: xl2tpd[2210]: Exit.", "May  4 03:11:59", "nat1",
		 "xl2tpd", "Exit.", 2210},
		{"2026-11-20T13:03:36.622147+00:00 lac pppd[2]: Exit.",
		 "2026-11-20T13:03:36.622147+00:00", "lac", "pppd", "Exit.", 2},
		{"<30>1 2025-03-02T10:45:07+00:00 fw pppd 39188 - [meta sequenceId=\"90\"] Exit.",
		 "2025-03-02T10:45:07+00:00", "fw", "pppd", "Exit.", 39188},
		{"12&#26376; 14 13:50:18.524 pppd[5]: Exit.", "12&#26376; 14 13:50:18.524", "",
		 "pppd", "Exit.", 5},
		{"maj 03 10:00:00 host pppd[5]: Exit.", "maj 03 10:00:00", "host", "pppd", "Exit.",
		 5},
		{"  7. pppd[5]: Exit.", "", "", "pppd", "Exit.", 5},
		{"> :  Exit.", "", "", "", "Exit.", 0},
		{"[2018-03-09 11:20:29]:  info: eth0: x", "2018-03-09 11:20:29", "", "", "eth0: x",
		 0},
		{"2025-11-16_23:13:19.39756 Exit.", "2025-11-16_23:13:19.39756", "", "", "Exit.",
		 0},
		{"\"2020-09-23 09:18:04\", \"Exit.", "2020-09-23 09:18:04", "", "", "Exit.", 0},
		{"Mar/22/2021 11:47:45 l2tp,info Exit.", "Mar/22/2021 11:47:45", "", "routeros",
		 "Exit.", 0},
		{"l2tp, debug, packet | Exit.", "", "", "routeros", "Exit.", 0},
		/* a router's own stamp is not ours */
		{"Jan  1 00:04:10.235: Tnl 1 L2TP: x", "", "", "",
		 "Jan  1 00:04:10.235: Tnl 1 L2TP: x", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str line = str_of(cases[i].line);
		struct prefix p;

		prefix_read(line, 0, programs, &p);
		if (str_is(p.stamp, cases[i].stamp) && str_is(p.host, cases[i].host) &&
		    str_is(p.program, cases[i].program) && p.pid == cases[i].pid &&
		    str_is(str_from(line, p.body), cases[i].text))
			continue;
		fail_msg("%s: stamp `%.*s` host `%.*s` program `%.*s` pid %u text `%.*s`",
			 cases[i].line, STR_ARG(p.stamp), STR_ARG(p.host), STR_ARG(p.program),
			 p.pid, STR_ARG(str_from(line, p.body)));
	}
}

/* Words back to the octets that were on the wire (the lab's captures hold them). */
static void words_become_octets(void **state)
{
	static const struct {
		const char *words;
		bool is_hex;
		const char *octets;
	} cases[] = {
		{"LCP ConfReq id=0x1 <mru 1400> <asyncmap 0x0> <auth chap MD5> <magic 0x31d780dc> "
		 "<pcomp> <accomp>",
		 false, "0104057802060000000003 05c22305050631d780dc07020802"},
		{"CCP ConfReq id=0x1 <deflate 15> <deflate(old#) 15> <bsd v1 15>", false,
		 "1a0478001804780015032f"},
		{"CCP ConfReq id=0x1 <mppe +H -M +S -L -D -C>", false, "120601000040"},
		{"IPCP ConfReq id=0x1 <compress VJ 0f 01> <addr 192.168.42.1>", false,
		 "0206002d0f010306c0a82a01"},
		{"LCP EchoReq id=0x0 magic=0x31d780dc", false, "31d780dc"},
		{"LCP ProtRej id=0x4 82 81 01 01 00 04", false, "828101010004"},
		{"LCP TermReq id=0x2 \"User\\n\\001\"", false, "557365720a01"},
		{"CHAP Challenge id=0x97 <c67e>, name = \"l2tpd\"", false, "02c67e6c32747064"},
		{"PAP AuthReq id=0x1 user=\"a\" password=\"b\"", false, "01610162"},
		{"LCP ConfReq id=75 <auth PAP> <magic 483920bd> < d 3 6 >", true,
		 "0304c0230506483920bd0d0306"},
		{"IPV6CP ConfReq id=0x1 <addr fe80::9492:b137:5c25:00f5>", false,
		 "010a9492b1375c2500f5"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text hex = text_make(4096), want = text_make(4096);
		struct ppp_words w;

		assert_true(ppp_words_read(str_of(cases[i].words), cases[i].is_hex, &w));
		text_hex(&hex, span_of(w.body, w.n), 0);
		for (const char *p = cases[i].octets; *p; p++)
			if (*p != ' ')
				text_putc(&want, *p);
		assert_string_equal(hex.at, want.at);
		assert_true(w.is_complete);
		text_free(&hex);
		text_free(&want);
	}
}

/* Books, configurations and programs: no dialect hears a word of them. */
static void prose_is_not_heard(void **state)
{
	static const char *const files[] = {
		"LICENSE",
		"CHANGELOG.md",
		"CMakeLists.txt",
		"tests/weave.md",
		"tests/CMakeLists.txt",
		"tests/golden/README.md",
		"decode/event.h",
		"decode/ios_l2tp.c",
		"decode/code.def",
		"decode/avp.def",
		"reconstruct/model.h",
		"reconstruct/cause_call.c",
		"reconstruct/rules_ppp.c",
		"../shared/captures/lab/s01_chap_ok/lac.xl2tpd.conf",
		"../shared/captures/lab/s01_chap_ok/lns.ppp.opts",
		"../shared/captures/lab/s01_chap_ok/timeline.txt",
		"../shared/reference/l2tpv2.md",
		"../shared/reference/ppp.md",
		"../shared/design/contract.md",
		"../shared/logs/root-causes.md",
		"../shared/seeds/000_d227651302522798.txt",
		"../shared/seeds/003_fca5552c799e955e.txt",
		"../shared/seeds/004_1217713422589cbe.txt",
	};
	size_t heard = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[512], *content = must_alloc(1 << 20, 1);
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s", SOURCE_DIR, files[i]);
		file = fopen(path, "r");
		if (file) {
			size_t n = fread(content, 1, 1 << 20, file);
			struct daemon_reader *r = daemon_open((struct str){content, n}, 0, 0, NULL);
			struct stretch stretch;
			struct event e;

			while (daemon_next(r, &e, &stretch) != DAEMON_END)
				;
			if (daemon_stats(r)->records)
				print_error("%s: %llu lines are taken for a daemon's\n", files[i],
					    (unsigned long long)daemon_stats(r)->records);
			heard += daemon_stats(r)->records;
			daemon_close(r);
			fclose(file);
		}
		free(content);
	}
	assert_int_equal(heard, 0);
}

struct totals {
	uint64_t records, unread;
	size_t texts;
};

static void read_log(const char *path, struct totals *t)
{
	uint16_t vantages = 1;
	struct source_options o = {.name = path, .vantages = &vantages, .with_noise = true};
	struct text why = text_make(1024);
	struct source *s = source_open(path, &o, &why);
	const struct input_stats *stats;
	struct event e;

	assert_non_null(s);
	while (source_next(s, &e) == PULLED)
		;
	stats = source_stats(s);
	t->records += stats->records;
	t->unread += stats->records_unread;
	t->texts++;
	if (stats->records_unread * 20 > stats->records)
		print_error("%s: %llu of %llu records unread\n", path,
			    (unsigned long long)stats->records_unread,
			    (unsigned long long)stats->records);
	source_close(s);
	text_free(&why);
}

/* Of the daemons' logs under ../shared/logs and of the lab nearly every record is read. */
static void logs_are_read(void **state)
{
	static const char *const files[] = {
		"logs/linux/01-xl2tpd131-cisco-lns-cdn-attr46-104-jp-entity.log",
		"logs/linux/03-xl2tpd-pppd-debug-up-but-zero-bytes-received.log",
		"logs/linux/06-xl2tpd1112-sccrq-no-answer-notimestamp.log",
		"logs/linux/08-pppd-no-auth-possible-confrej-loop-timeout.log",
		"logs/linux/14-pppd-3g-chap-md5-ok-ipcp-nak-notimestamp.log",
		"logs/linux/recon-05-xl2tpd-doubled-syslog-tag-nflink-tunnel-minus1.log",
		"logs/linux/recon-23-kl2tpd-logfmt-debug-tunnel-up.log",
		"logs/other/05-mikrotik-winbox-pipe-columns-ok.log",
		"logs/other/07-mpd5-pfsense-l2tp-connect-windows-ok.log",
		"logs/other/08-mpd5-pfsense-l2tp-disconnect-by-client.log",
		"logs/other/11-accelppp-vyos-pptp-mschapv2-ok.log",
		"logs/other/13-mpd5-bsdrp-lns-lcp-rej-chap-ipcp-nak.log",
		"captures/lab/s01_chap_ok/lac-xl2tpd.log",
		"captures/lab/s12_ipcp_address_refused/lns-syslog.log",
		"captures/lab/s20_xl2tpd_to_l2tpns_ok/lns-l2tpns.log",
		"captures/lab/s20_xl2tpd_to_l2tpns_ok/lns-radius.log",
		"captures/lab/s09_l2tpv3_digest_ok/lac-l2tpv3d.log",
	};
	struct totals t = {0};
	struct stat st;

	(void)state;
	if (stat(SOURCE_DIR "/../shared/logs", &st) != 0)
		skip();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[512];

		snprintf(path, sizeof(path), "%s/../shared/%s", SOURCE_DIR, files[i]);
		if (access(path, R_OK) == 0)
			read_log(path, &t);
	}
	assert_true(t.records > 1000);
	assert_true(t.unread * 100 < t.records);
}

/* Everything on one line, longer than any buffer: each packet of pppd is still a record, and where
 * it stands is told. */
static void flattened_packets_are_read(void **state)
{
	static const char one[] = "sent [LCP ConfReq id=0x1 <mru 1400>] "
				  "rcvd [LCP ConfAck id=0x1 <mru 1400>] ";
	enum { TIMES = 60000 };
	struct text t = text_make((size_t)8 << 20);
	struct daemon_reader *r;
	struct event e;
	struct stretch stretch;
	enum daemon_pull pull;
	size_t packets = 0;

	(void)state;
	text_puts(&t, "using channel 3\nConnect: ppp0 <--> /dev/pts/1\n");
	for (int i = 0; i < TIMES; i++)
		text_puts(&t, one);
	r = daemon_open(text_str(&t), 0, 0, NULL);
	while ((pull = daemon_next(r, &e, &stretch)) != DAEMON_END) {
		if (pull != DAEMON_EVENT || e.kind != EVENT_PPP)
			continue;
		packets++;
		assert_int_equal(e.origin.line, 3);
		assert_int_equal(e.sense, packets % 2 ? SENT : RECEIVED);
	}
	assert_int_equal(packets, 2 * TIMES);
	daemon_close(r);
	text_free(&t);
}

/* What stands between the records of one line is none of their text, and what ends a text none of
 * the next record's prefix. */
static void flattened_records_are_read(void **state)
{
	static const struct {
		const char *line;
		uint64_t records, unread;
	} cases[] = {
		{"Jul  9 22:14:07 b xl2tpd[4]: control_finish: message type is (null)(0).  Tunnel "
		 "is 0, call is 0. Jul  9 22:14:07 b xl2tpd[4]: control_finish: sending SCCRQ ",
		 2, 0},
		{"  1. xl2tpd[4]: Calling on tunnel 31007   2. Jul  9 22:14:07 b xl2tpd[4]: "
		 "control_finish: sending ICRQ ",
		 2, 0},
		{"daemon.notice xl2tpd[9]: Connecting to host vpn.example.net, port 1701 "
		 "daemon.notice xl2tpd[9]: Maximum retries exceeded for tunnel 4.  Closing. ",
		 2, 0},
		{":  No auth is possible :  sent [LCP ConfRej id=0x9 <auth pap>] :  rcvd [LCP "
		 "ConfReq id=0xa <auth pap>] :  Connection terminated. :  Exit. ",
		 4, 0},
		{"May 02 07:18:45 pc NetworkManager[6]: level=debug tunnel_name=t1 "
		 "function=transport message=\"socket recv\" length=148 May 02 07:18:45 pc "
		 "NetworkManager[6]: level=debug tunnel_name=t1 message=\"fsm event\" event=x ",
		 2, 0},
		{"Jul  9 22:14:07 b pppd[4]: Exit. Jul  9 22:14:07 b dhclient[12]: bound "
		 "Jul  9 22:14:08 b pppd[5]: Exit. ",
		 2, 0},
		/* a script's name and a number in brackets is no tag without a stamp */
		{"Jul  9 22:14:07 b pppd[4]: Script ip-up finished, status of job a[12]: 0x0 ", 1,
		 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct daemon_reader *r = daemon_open(str_of(cases[i].line), 0, 0, NULL);
		struct event e;
		struct stretch stretch;

		while (daemon_next(r, &e, &stretch) != DAEMON_END)
			;
		if (daemon_stats(r)->records != cases[i].records ||
		    daemon_stats(r)->unread != cases[i].unread)
			fail_msg("%s: %" PRIu64 " records, %" PRIu64 " unread", cases[i].line,
				 daemon_stats(r)->records, daemon_stats(r)->unread);
		daemon_close(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flattened_records_are_read),
		cmocka_unit_test(flattened_packets_are_read),
		cmocka_unit_test(rows_read_their_samples),
		cmocka_unit_test(rows_are_named_after_their_dialect),
		cmocka_unit_test(prefixes_come_off),
		cmocka_unit_test(words_become_octets),
		cmocka_unit_test(prose_is_not_heard),
		cmocka_unit_test(logs_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

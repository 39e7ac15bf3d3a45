/* Secrets in text of an input: what is masked, and what only sounds like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "secrecy.h"

struct line {
	const char *before, *after;
};

static void check(const struct line *lines, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str before = str_of(lines[i].before);
		bool differs = strcmp(lines[i].before, lines[i].after) != 0;
		struct text t = text_make(4096);

		secrecy_mask(&t, before, false);
		assert_string_equal(t.at, lines[i].after);
		if (secrecy_finds(before) != differs)
			fail_msg("%s: found where nothing is masked, or not found", before.at);
		text_clear(&t);
		secrecy_mask(&t, before, true);
		assert_string_equal(t.at, lines[i].before);
		text_free(&t);
	}
}

#define CHECK(lines) check(lines, sizeof(lines) / sizeof((lines)[0]))

/* A quoted record must not show what the router printed of a secret. */
static void test_masks(void **state)
{
	static const struct line lines[] = {
		{"cisco AVPair \"vpdn:l2tp-tunnel-password=hello\"",
		 "cisco AVPair \"vpdn:l2tp-tunnel-password=(hidden)\""},
		{"l2tp tunnel password 7 1511021F0725 !", "l2tp tunnel password (hidden) !"},
		{"l2tp tunnel password l2tptunnel source-ip",
		 "l2tp tunnel password (hidden) source-ip"},
		{"username bob password 0 x", "username bob password (hidden)"},
		{"VPDN/RPMS/: l2tp-tunnel-password xxxxxx",
		 "VPDN/RPMS/: l2tp-tunnel-password (hidden)"},
		{"No secret known on our end", "No secret known on our end"},
		{"the password is wrong", "the password is wrong"},
		{"bad password", "bad password"},
		{"the LNS rejected alice (\"bad password\"). Compare both ends.",
		 "the LNS rejected alice (\"bad password\"). Compare both ends."},
		{"said 'wrong secret' and closed", "said 'wrong secret' and closed"},
		{"{\"password\": \"x1\", \"n\": 1}", "{\"password\": \"(hidden)\", \"n\": 1}"},
		{"password \"x1\" is set", "password \"(hidden)\" is set"},
		{"it has no tunnel secret for this peer", "it has no tunnel secret for this peer"},
		{"give the tunnel secret with --secrets to see it",
		 "give the tunnel secret with --secrets to see it"},
		/* FreeRADIUS, with auth_badpass and auth_goodpass */
		{"Login OK: [bob/x1] (from client lns port 1 cli 55)",
		 "Login OK: [bob/(hidden)] (from client lns port 1 cli 55)"},
		{"(1) Login incorrect (pap: no \"known good\" password): [bob/x ]1] (from client "
		 "a)",
		 "(1) Login incorrect (pap: no \"known good\" password): [bob/(hidden)] (from "
		 "client a)"},
		{"Login incorrect: [bob/x1", "Login incorrect: [bob/(hidden)"},
		{"pap: Login attempt with password \"x 1\" (2)",
		 "pap: Login attempt with password \"(hidden)\" (2)"},
		{"rlm_pap: login attempt with password x1",
		 "rlm_pap: login attempt with password (hidden)"},
		{"  Tunnel-Password:12 := \"x \\\"1\", next",
		 "  Tunnel-Password:12 := \"(hidden)\", next"},
		{"Cleartext-Password += \"x1\"", "Cleartext-Password += \"(hidden)\""},
		/* IOS, debug radius: number and length of the attribute stand before the value */
		{"RADIUS:  Tunnel-Password     [69]  21  01:\"x 1\"",
		 "RADIUS:  Tunnel-Password     [69]  21  01:\"(hidden)\""},
		{"RADIUS:  User-Password       [2]   18  x1 x2\r",
		 "RADIUS:  User-Password       [2]   18  (hidden)\r"},
		/* configurations, also as somebody typed them */
		{"logged command:radius-server key x1",
		 "logged command:radius-server key (hidden)"},
		{"radius-server host 192.0.2.9 key 0 x1",
		 "radius-server host 192.0.2.9 key (hidden)"},
		{"crypto isakmp key x1 address 0.0.0.0",
		 "crypto isakmp key (hidden) address 0.0.0.0"},
		{"client 192.0.2.1 server-key x1", "client 192.0.2.1 server-key (hidden)"},
		{" key x1", " key (hidden)"},
		{"it has key 7 1511021F0725 set", "it has key (hidden) set"},
		{"pre-shared-key address 0.0.0.0 key x1",
		 "pre-shared-key address 0.0.0.0 key (hidden)"},
		{"pre-shared-key x1", "pre-shared-key (hidden)"},
		{"preshared-key=x1 user=bob", "preshared-key=(hidden) user=bob"},
		{"ipsec psk x1", "ipsec psk (hidden)"},
		{"psk=\"x 1\" user=bob", "psk=\"(hidden)\" user=bob"},
		{"tunnel password cipher x1", "tunnel password (hidden)"},
		{"ipsec-secret=x1 name=a", "ipsec-secret=(hidden) name=a"},
		{"local-user bob password cipher x1", "local-user bob password (hidden)"},
		{"ppp pap local-user bob password cipher x1",
		 "ppp pap local-user bob password (hidden)"},
		{"ppp pap local-user bob password simple x1",
		 "ppp pap local-user bob password (hidden)"},
		{"set it password irreversible-cipher $1a$x1", "set it password (hidden)"},
		{"enable password level 15 x1", "enable password (hidden)"},
		{"enable secret level 15 5 $1$x1", "enable secret (hidden)"},
		{"digest secret x1 hash MD5", "digest secret (hidden) hash MD5"},
		{"digest secret hello hash MD5", "digest secret (hidden) hash MD5"},
		{"server-private 10.0.0.1 auth-port 1812 acct-port 1813 key x1",
		 "server-private 10.0.0.1 auth-port 1812 acct-port 1813 key (hidden)"},
		{"%PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:key x1",
		 "%PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:key (hidden)"},
		{"%PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:password x1",
		 "%PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:password (hidden)"},
		{" password hello", " password (hidden)"},
		{"authentication-key \"$9$x1\"; ## SECRET-DATA",
		 "authentication-key \"(hidden)\"; ## SECRET-DATA"},
		{"ntp authentication-key 1 md5 x1 7", "ntp authentication-key (hidden) 7"},
		{"username bob and password hello then", "username bob and password (hidden) then"},
		{"username bob password hello nopassword",
		 "username bob password (hidden) nopassword"},
		{"l2tp tunnel password hello source-ip", "l2tp tunnel password (hidden) source-ip"},
		{"login with password hello for bob", "login with password (hidden) for bob"},
		{" key 6 UVbZcGFdRZPdAPcLd", " key (hidden)"},
		{" key 0 hello", " key (hidden)"},
		{" key 7 0822455D0A16;", " key (hidden)"},
		{" key-string hello", " key-string (hidden)"},
		{" key-string 7 0822455D0A16", " key-string (hidden)"},
		{" ip ospf message-digest-key 1 md5 7 0822455D0A16",
		 " ip ospf message-digest-key (hidden)"},
		{" neighbor 10.0.0.1 password hello", " neighbor 10.0.0.1 password (hidden)"},
		{"set access radius-server 10.0.0.1 secret hello",
		 "set access radius-server 10.0.0.1 secret (hidden)"},
		{"md5 1 key \"$9$x1\"; ## SECRET-DATA", "md5 1 key \"(hidden)\"; ## SECRET-DATA"},
		{"primary authentication 10.0.0.1 key cipher x1",
		 "primary authentication 10.0.0.1 key (hidden)"},
		{"super password level 3 cipher x1", "super password (hidden)"},
		{"super password level 3 simple hello", "super password (hidden)"},
		{"set authentication password simple hello",
		 "set authentication password (hidden)"},
		{"local-user bob class network password simple hello",
		 "local-user bob class network password (hidden)"},
		{"Command is password hello", "Command is password (hidden)"},
		{"username bob password 0 failed", "username bob password (hidden)"},
		{"username bob password matching", "username bob password (hidden)"},
		{"username bob view admin secret swordfish autocommand logout",
		 "username bob view admin secret (hidden) autocommand logout"},
		{"username bob common-criteria-policy strong password hello world",
		 "username bob common-criteria-policy strong password (hidden) world"},
		{"l2tp tunnel password sesame for group",
		 "l2tp tunnel password (hidden) for group"},
		{"ppp chap password hello from bob", "ppp chap password (hidden) from bob"},
		{"private-key=\"x1\"", "private-key=\"(hidden)\""},
		{"10.0.0.1 %any : PSK hello", "10.0.0.1 %any : PSK (hidden)"},
		{"bob : EAP \"x1\"", "bob : EAP \"(hidden)\""},
		{"bob : XAUTH \"x1\"", "bob : XAUTH \"(hidden)\""},
		/* others */
		{"bad password: hello bob", "bad password: (hidden) bob"},
		{"Password: correct horse battery staple",
		 "Password: (hidden) horse battery staple"},
		{"psk: sesame client nas one", "psk: (hidden) client nas one"},
		{"password=*<x1", "password=(hidden)"},
		{"Password: hunter2", "Password: (hidden)"},
		{"password: hello", "password: (hidden)"},
		{"bad password: hunter2 for bob", "bad password: (hidden) for bob"},
		{"user: bob password: hello host: a b", "user: bob password: (hidden) host: a b"},
		{"<password>x1</password><password>x2</password>",
		 "<password>(hidden)</password><password>(hidden)</password>"},
		{"password=<hidden>,password=x1", "password=<hidden>,password=(hidden)"},
		{"<password> x1", "<password> (hidden)"},
		{"<password>x1</password><user>bob</user>",
		 "<password>(hidden)</password><user>bob</user>"},
		{"user=bob pass=x1", "user=bob pass=(hidden)"},
		{"using password x1 for bob", "using password (hidden) for bob"},
		{"user=\"bob\" password=\"x 1\" and more",
		 "user=\"bob\" password=\"(hidden)\" and more"},
		{"AVPair \"vpdn:l2tp-tunnel-password=x 1\", next",
		 "AVPair \"vpdn:l2tp-tunnel-password=(hidden)\", next"},
		{"password=\"x1 and the line was cut", "password=\"(hidden)"},
		/* a line says what the words of another one mean */
		{"username bob\npassword expired\npassword=x1\n",
		 "username bob\npassword expired\npassword=(hidden)\n"},
	};

	(void)state;
	CHECK(lines);
}

/* What is masked for nothing is a loss. */
static void test_keeps(void **state)
{
	static const char *const kept[] = {
		"key exchange",
		"pass phrase wrong",
		"password incorrect",
		"tunnel password incorrect.",
		"authentication key mismatch",
		"no secret found for us='a' and them='b'",
		"handle_challenge: no secret found for us='x' and them='y'",
		"Configure the same l2tp tunnel password on both ends",
		"A PAP password crosses in clear",
		"the tunnel secret verifies it here",
		"Change-Password v1",
		"avp-hidden-no-secret at octet 60",
		"Using password from AAA",
		"using password authentication for bob",
		"using PSK mode",
		"pre-shared-key mismatch",
		"key 7 of 9",
		" key 5",
		" key mismatch",
		"the GRE key 7",
		"bypass=yes compass=no",
		"1 pass, 2 fail: passes=3",
		"bad username or password: the server refused bob",
		"Error 691: invalid user name/password: contact administrator",
		"Failed password: check your credentials.",
		"password: wrong for bob",
		"no chap secret entry for bob",
		"no pre-shared key matching 10.0.0.1",
		"the pre-shared-key: ask your administrator",
		"l2tp secret lookup succeeded",
		"tunnel secret configured on both",
		"chap password entered by bob",
		"username bob tried secret twice today",
		"secrets=3 passwords: 2",
		"password=\"\" user=\"bob\"",
		/* hidden already */
		"rcvd [PAP AuthReq id=0x1 user=\"bob\" password=<hidden>]",
		"RADIUS:  User-Password       [2]   18  *",
		"(user=bob, password=****)",
		"password ?????? # (from the command line)",
		/* FreeRADIUS, where there is no password, or none is logged */
		"Login incorrect: [bob/<via Auth-Type = mschap>] (from client a)",
		"Login OK: [bob] (from client lns port 1 cli a/b)",
		"state: [bob/x1]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		check(&(struct line){kept[i], kept[i]}, 1);
}

/* A log may be one line, and a line one token: the time is linear in it. A quadratic run takes
 * minutes for each of these, and the limit of the test ends it. */
static void test_long_lines(void **state)
{
	static const struct {
		const char *first, *again, *last;
		bool has_secrets;
	} lines[] = {
		{"", "password", "", false},
		{"", "key", "", false},
		{"", "key:", "", false},
		{"", "key=", "", false},
		{"", "pass:", "", false},
		{"", "key: x", "", false},
		{"\"", "key=\\\"", "", false},
		{"", "password=<hidden>", "", false},
		{"", "password=*,", "", false},
		{"", "psk:?,", ",", false},
		{"  ", "key x y ", "", false},
		{"", "key x ", "", false},
		{"", "key 7 1 ", "", false},
		{"", "password ", "", false},
		{"", "password: x y ", "", true},
		{"", "password=x ", "", true},
		{"", "<password>x</password>", "", true},
		{"", "password>x ", "", true},
		{"", ": [a/", "", false},
	};
	enum { LENGTH = 1 << 18 };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct text line = text_make(LENGTH + 100), masked = text_make(4 * LENGTH);
		struct secrecy_walk w = {0};
		size_t start, end = 0, n = 0;

		text_puts(&line, lines[i].first);
		while (line.len < LENGTH)
			text_puts(&line, lines[i].again);
		text_puts(&line, lines[i].last);
		w.s = (struct str){line.at, line.len};
		assert_int_equal(secrecy_finds(w.s), lines[i].has_secrets);
		secrecy_mask(&masked, w.s, false);
		assert_int_equal(strstr(masked.at, "(hidden)") != NULL, lines[i].has_secrets);
		while (secrecy_next(&w, end, &start, &end))
			n++;
		assert_int_equal(n > 0, lines[i].has_secrets);
		text_free(&line);
		text_free(&masked);
	}
}

/* Each secret of a text is found, from wherever it is asked for. */
static void test_walk(void **state)
{
	struct secrecy_walk w = {.s = STR("\nkey=1\r\npassword=ab secret=c\r\n\n\npsk=d\n")};
	static const char found[] = "abcd";
	size_t start, end = 0;

	(void)state;
	for (size_t i = 0; i < 4; i += end - start) {
		assert_true(secrecy_next(&w, end, &start, &end));
		assert_memory_equal(w.s.at + start, found + i, end - start);
	}
	assert_false(secrecy_next(&w, end, &start, &end));
	assert_true(secrecy_next(&w, 0, &start, &end)); /* back again */
	assert_int_equal(w.s.at[start], 'a');
	assert_false(secrecy_next(&w, w.s.len, &start, &end));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_keeps),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

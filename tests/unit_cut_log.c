/* A log that begins late or ends early shows less, and nothing that is not so: cut at lines, from
 * either end, no `error` that the whole does not have. A sample of the lines; every one with
 * CUT_ALL in the environment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <glob.h>

#include "shown_kit.h"

enum { LARGEST = 1 << 22, SAMPLES = 12 };

/* What a part says otherwise than the whole. */
static bool is_excused(const struct shown *whole, const char *log, const char *rule)
{
	static const struct {
		const char *log, *rule, *why;
	} rows[] = {
		{"xl2tpd-no-secret", "tunnel-failed", "the end that the whole names is behind it"},
		{"s02c_no_secret_on_lac", "tunnel-failed",
		 "the end that the whole names is behind it"},
		{"15-windows-ppplog", "ppp-length-exceeds", "the dump of a packet is cut"},
		{"15-windows-ppplog", "ppp-value-length", "the dump of a packet is cut"},
		{"ppp22-chap-failure-no-aaa", "chap-failure",
		 "why it failed stands behind the cut"},
		{"ios-aaa-error", "pap-nak", "why it failed stands before the cut"},
		{"xl2tpd-radius-silent", "mschap-error-691", "why it failed stands before the cut"},
		{"08-pppd-no-auth-possible", "lcp-auth-refused", "the call's end stands before it"},
		{"s03d_auth_proto_mismatch", "no-ncp-opened",
		 "LCP's failure stands before the cut"},
		{"pppd-own-address", "no-ncp-opened",
		 "why IPCP did not agree stands before the cut"},
		{"s12_ipcp_address_refused", "ipcp-no-converge",
		 "the whole names the address that was refused, in the same call"},
		{"recon-15-xl2tpd-server", "hello-lost", "what was given up stands behind the cut"},
		{"s01_chap_ok/lns-xl2tpd", "no-ncp-opened",
		 "xl2tpd's dumps stand behind its words"},
		{"accel-secrets", "stopccn-result-auth",
		 "that the secret is wrong stands before the cut"},
		{"ios-secret-refused", "stopccn-result-auth",
		 "that there was a challenge stands before the cut"},
		/* known false alarms: the rest of the log, behind a cut in mid-call */
		{"s20_xl2tpd_to_l2tpns_ok/lns-l2tpns", "no-ncp-opened",
		 "IPCP stands before the cut"},
		{"s21c_l2tpns_radius_down/lns-l2tpns", "icrq-cdn",
		 "the ICRP stands before the cut"},
		{"macos-refused", "icrq-cdn",
		 "the tunnel stands before the cut; the refusal is told as a consequence"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strstr(log, rows[i].log) && strcmp(rows[i].rule, rule) == 0)
			return true;
	/* the whole names the message that was never acknowledged */
	return strcmp(rule, "ack-missing") == 0 &&
	       (has_error(whole, "hello-lost") || has_error(whole, "sccrq-no-reply"));
}

static struct shown shown_by(const char *path)
{
	struct replay *replay = replay_of(path);
	struct shown shown = {0};

	if (!replay)
		return shown;
	for (const struct finding *f = replay_report(replay)->findings; f; f = f->next)
		error_add(&shown, f);
	replay_free(replay);
	return shown;
}

static void write_part(const char *path, const char *octets, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(octets, 1, len, file), len);
	fclose(file);
}

static size_t part_check(const struct shown *whole, const char *scratch, const char *log,
			 const char *what, size_t line)
{
	struct shown part = shown_by(scratch);
	size_t failures = 0;

	for (size_t i = 0; i < part.n_errors; i++) {
		if (has_error(whole, part.errors[i]) || is_excused(whole, log, part.errors[i]))
			continue;
		print_error("%s %s line %zu: %s\n", log, what, line, part.errors[i]);
		failures++;
	}
	return failures;
}

static size_t log_is_cut(const char *path, const char *scratch)
{
	char *content = malloc(LARGEST);
	FILE *file = fopen(path, "rb");
	struct shown whole = shown_by(path);
	size_t len, lines = 0, line = 0, step, failures = 0;

	assert_non_null(content);
	assert_non_null(file);
	len = fread(content, 1, LARGEST, file);
	fclose(file);
	for (size_t i = 0; i < len; i++)
		lines += content[i] == '\n';
	step = getenv("CUT_ALL") ? 1 : lines / SAMPLES + 1;
	for (size_t i = 0; i + 1 < len; i++) {
		if (content[i] != '\n' || ++line % step != 0)
			continue;
		write_part(scratch, content, i + 1);
		failures += part_check(&whole, scratch, path, "up to", line);
		write_part(scratch, content + i + 1, len - i - 1);
		failures += part_check(&whole, scratch, path, "behind", line);
	}
	free(content);
	return failures;
}

static void a_part_of_a_log_accuses_nobody(void **state)
{
	static const char *const places[] = {
		"samples/*.log",
		"../shared/seeds/*.txt",
		"../shared/logs/*/*.log",
		"../shared/captures/lab/*/*.log",
	};
	char scratch[] = "/tmp/l2tpscope-cut-XXXXXX";
	int fd = mkstemp(scratch);
	size_t failures = 0;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char pattern[400];
		glob_t found;

		snprintf(pattern, sizeof(pattern), "%s/%s", SOURCE_DIR, places[i]);
		if (glob(pattern, 0, NULL, &found) != 0)
			continue;
		for (size_t k = 0; k < found.gl_pathc; k++)
			failures += log_is_cut(found.gl_pathv[k], scratch);
		globfree(&found);
	}
	remove(scratch);
	assert_int_equal(failures, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_of_a_log_accuses_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

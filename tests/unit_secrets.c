/* Secrets files: our own format, pppd's and xl2tpd's. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "secrets.h"

static struct secrets *secrets;
static struct text why;

static int setup(void **state)
{
	(void)state;
	secrets = secrets_new();
	why = text_make(1000);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	secrets_free(secrets);
	text_free(&why);
	return 0;
}

/* Reads `content` from a file whose name ends in `name`. */
static bool read_as(const char *name, const char *content)
{
	char folder[] = "/tmp/l2tpscope-secrets-XXXXXX";
	char path[200];
	FILE *file;
	bool is_good;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
	is_good = secrets_read(secrets, path, &why);
	remove(path);
	rmdir(folder);
	return is_good;
}

/* All that fit, in order, joined by `|`. */
static void finds(enum secret_kind kind, const char *who, const char *expected)
{
	struct text t = text_make(1000);
	const struct secret *s;
	size_t at = 0;

	while ((s = secrets_find(secrets, kind, str_of(who), &at))) {
		if (t.len)
			text_putc(&t, '|');
		text_add(&t, (struct str){.at = (const char *)s->value.at, .len = s->value.len});
	}
	assert_string_equal(t.at ? t.at : "", expected);
	text_free(&t);
}

static void own_format(void **state)
{
	(void)state;
	assert_true(read_as("mine", "# a comment\n"
				    "\n"
				    "tunnel lac1 with blanks inside   # and a comment\r\n"
				    "tunnel  lns\t\" # \\\"x\\\" \"\n"
				    "tunnel * hex:00 ff:41\n"
				    "tunnel 10.0.0.1 DOM\\pa#ss\n"
				    "user \"two words\" pw\n"
				    "radius 10.0.0.9 testing123\n"
				    "tunnel none \"\""));
	finds(SECRET_TUNNEL, "lac1", "with blanks inside|");
	finds(SECRET_TUNNEL, "lns", " # \"x\" |");
	finds(SECRET_TUNNEL, "10.0.0.1", "DOM\\pa#ss|");
	finds(SECRET_USER, "two words", "pw");
	finds(SECRET_USER, "lac1", "");
	finds(SECRET_RADIUS, "10.0.0.9", "testing123");
	size_t at = 0;
	const struct secret *any = secrets_find(secrets, SECRET_TUNNEL, STR("x"), &at);

	assert_true(span_equal(any->value, span_of("\0\xff\x41", 3)));
	assert_null(secrets_find(secrets, SECRET_TUNNEL, STR("x"), &at));
}

static void wrong_lines_are_named(void **state)
{
	static const struct {
		const char *content;
		const char *why;
	} wrong[] = {
		{"tunnel a b\ntunnel a\n", "line 2: the secret is missing"},
		{"tunnel\n", "line 1: the name or address is missing"},
		{"tunnel a \"open\n", "line 1: a quote is not closed"},
		{"tunnel a hex:0\n", "line 1: `hex:`"},
		{"tunnel a hex:\n", "line 1: `hex:`"},
		{"tunnel a hex:0g\n", "line 1: `hex:`"},
		{"tunnel a \"b\" c\n", "line 1: there is more"},
		{"user a b\nTunnel a b\n", "line 2: a line starts with"},
		{"just two\n", "line 1: neither"},
		{"a Cleartext-Password := b\nc Cleartext-Password\n",
		 "line 2: an attribute without"},
		{"a Cleartext-Password := \"b\n", "line 1: a quote is not closed"},
		{"a Cleartext-Password := b Auth-Type = c\n", "line 1: a comma is missing"},
		{"client a {\n secret b\n}\n", "line 2: neither"},
		{"client a {\n}\nhome_server b {\n}\n", "line 3: a section other"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		text_clear(&why);
		assert_false(read_as("mine", wrong[i].content));
		assert_non_null(strstr(why.at, wrong[i].why));
	}
	text_clear(&why);
	assert_false(secrets_read(secrets, "/tmp/there/is/no/such/file", &why));
	assert_non_null(strstr(why.at, "No such file"));
	text_clear(&why);
	assert_false(secrets_read(secrets, "/tmp", &why));
	assert_non_null(strstr(why.at, "Is a directory"));
}

static void files_of_pppd(void **state)
{
	(void)state;
	assert_true(read_as("a", "# Secrets for authentication using CHAP\n"
				 "# client server secret IP addresses\n"
				 "alice * \"wonder land\" *\n"
				 "DOM\\\\bob lns hunter2 10.0.0.2\n"
				 "carol * pw\n"));
	finds(SECRET_USER, "alice", "wonder land");
	finds(SECRET_USER, "DOM\\bob", "hunter2");
	finds(SECRET_USER, "carol", "pw");
	finds(SECRET_TUNNEL, "alice", "");
	assert_true(read_as("x.pap-secrets", "dave * pw2\n"));
	finds(SECRET_USER, "dave", "pw2");
}

static void files_of_xl2tpd(void **state)
{
	(void)state;
	assert_true(read_as("lac.l2tp.secrets", "* * s3cr3t\n"
						"lac1 lns1 pair\n"
						"lac2 * own\n"));
	finds(SECRET_TUNNEL, "lns1", "pair|s3cr3t");
	finds(SECRET_TUNNEL, "lac1", "s3cr3t");
	finds(SECRET_TUNNEL, "lac2", "own|s3cr3t");
	finds(SECRET_USER, "x", "");
	assert_true(read_as("x", "# Secrets for authenticating l2tp tunnels\na b c\n"));
	finds(SECRET_TUNNEL, "b", "c|s3cr3t");
}

static void users_of_freeradius(void **state)
{
	(void)state;
	assert_true(read_as("authorize",
			    "# local users\n"
			    "alice\tCleartext-Password := \"won der\", Simultaneous-Use := 1\n"
			    "\tService-Type = Framed-User,\n"
			    "\tFramed-IP-Address = 10.1.2.3\n"
			    "\n"
			    "\"bob smith\"  User-Password:='l!ttle'\n"
			    "isp.example Cleartext-Password := cisco\n"
			    "\tTunnel-Type:0 = L2TP,\n"
			    "\tTunnel-Password:0 = \"s3cr3t\"  # of the group\n"
			    "DEFAULT Auth-Type := Reject\n"));
	finds(SECRET_USER, "alice", "won der");
	finds(SECRET_USER, "bob smith", "l!ttle");
	finds(SECRET_USER, "isp.example", "cisco");
	finds(SECRET_TUNNEL, "lac1", "s3cr3t");
	finds(SECRET_USER, "stranger", "");
}

static void clients_of_freeradius(void **state)
{
	(void)state;
	assert_true(read_as("clients.conf", "client localhost {\n"
					    "\tipaddr = 127.0.0.1\n"
					    "\tsecret = testing123\n"
					    "\tlimit {\n\t\tmax_connections = 16\n\t}\n"
					    "}\n"
					    "client 192.0.2.7 { secret = \"a b#c\" } # short\n"
					    "client net { ipaddr = 10.0.0.0/8\n secret=wide }\n"));
	finds(SECRET_RADIUS, "127.0.0.1", "testing123|wide");
	finds(SECRET_RADIUS, "192.0.2.7", "a b#c|wide");
	finds(SECRET_RADIUS, "10.9.9.9", "wide");
}

static void exact_before_any_and_given_before_learned(void **state)
{
	(void)state;
	secrets_add(secrets, SECRET_TUNNEL, STR("*"), span_of("any-learned", 11), true);
	secrets_add(secrets, SECRET_TUNNEL, STR("*"), span_of("any", 3), false);
	secrets_add(secrets, SECRET_TUNNEL, STR("a"), span_of("learned", 7), true);
	secrets_add(secrets, SECRET_TUNNEL, STR("a"), span_of("one", 3), false);
	secrets_add(secrets, SECRET_TUNNEL, STR("a"), span_of("two", 3), false);
	secrets_add(secrets, SECRET_TUNNEL, STR("a"), span_of("two", 3), true);
	finds(SECRET_TUNNEL, "a", "one|two|learned|any|any-learned");
	finds(SECRET_TUNNEL, "b", "any|any-learned");
	finds(SECRET_TUNNEL, "*", "any|any-learned");
	secrets_add(secrets, SECRET_TUNNEL, STR("a"), span_of("learned", 7), false);
	/* Given beats learned, whichever came first. */
	finds(SECRET_TUNNEL, "a", "learned|one|two|any|any-learned");
}

static void files_of_the_lab(void **state)
{
	const char *folder = SOURCE_DIR "/../shared/captures/lab/s01_chap_ok/";
	char path[1000];

	(void)state;
	snprintf(path, sizeof(path), "%slac.chap-secrets", folder);
	if (access(path, R_OK) != 0) {
		print_message("skipped: ../shared is not there\n");
		skip();
	}
	assert_true(secrets_read(secrets, path, &why));
	finds(SECRET_USER, "alice", "wonderland");
	snprintf(path, sizeof(path), "%slac.l2tp.secrets", folder);
	assert_true(secrets_read(secrets, path, &why));
	finds(SECRET_TUNNEL, "anything", "s3cr3t");
}

/* Where in the writable memory of this process, the stack aside, `word` stands: how often. */
static size_t times_in_memory(FILE *maps, int memory, const char *word)
{
	char line[512];
	size_t found = 0;

	rewind(maps);
	while (fgets(line, sizeof(line), maps) != NULL) {
		unsigned long from, upto;
		char *octets;
		ssize_t n;

		if (sscanf(line, "%lx-%lx rw", &from, &upto) != 2 || strstr(line, " rw") == NULL ||
		    strstr(line, "[stack]") != NULL || upto - from > (1ul << 30))
			continue;
		octets = malloc(upto - from);
		assert_non_null(octets);
		n = pread(memory, octets, upto - from, (off_t)from);
		for (ssize_t i = 0; i + (ssize_t)strlen(word) <= n; i++)
			found += memcmp(octets + i, word, strlen(word)) == 0;
		explicit_bzero(octets, upto - from);
		free(octets);
	}
	return found;
}

/* No core file while a secret is loaded, and nothing of it afterwards. */
static void memory_is_guarded(void **state)
{
	char path[] = "/tmp/l2tpscope-guard-XXXXXX";
	char word[] = "xA-frperg-gung-vf-abjurer-ryfr"; /* itself, turned by 13, is the secret */
	struct secrets *s = secrets_new();
	FILE *maps = fopen("/proc/self/maps", "r");
	int memory = open("/proc/self/mem", O_RDONLY);
	int file = mkstemp(path);
	struct rlimit limit;
	size_t at = 0;

	(void)state;
	assert_non_null(maps);
	assert_true(memory >= 0 && file >= 0);
	for (size_t i = 0; word[i] != '\0'; i++) {
		if (word[i] >= 'a' && word[i] <= 'z')
			word[i] = (char)('a' + (word[i] - 'a' + 13) % 26);
	}
	dprintf(file, "tunnel * %s\nuser bob %s\n", word, word);
	close(file);
	assert_true(secrets_read(s, path, &why));
	unlink(path);
	assert_non_null(secrets_find(s, SECRET_TUNNEL, STR("any"), &at));
	assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 0);
#ifndef __SANITIZE_ADDRESS__
	assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
#endif
	assert_true(times_in_memory(maps, memory, word) > 0);
	secrets_free(s);
	assert_int_equal(times_in_memory(maps, memory, word), 0);
	fclose(maps);
	close(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(own_format, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_lines_are_named, setup, teardown),
		cmocka_unit_test_setup_teardown(files_of_pppd, setup, teardown),
		cmocka_unit_test_setup_teardown(files_of_xl2tpd, setup, teardown),
		cmocka_unit_test_setup_teardown(users_of_freeradius, setup, teardown),
		cmocka_unit_test_setup_teardown(clients_of_freeradius, setup, teardown),
		cmocka_unit_test_setup_teardown(exact_before_any_and_given_before_learned, setup,
						teardown),
		cmocka_unit_test_setup_teardown(memory_is_guarded, setup, teardown),
		cmocka_unit_test_setup_teardown(files_of_the_lab, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

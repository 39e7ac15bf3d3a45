/* Public captures of what stands beside L2TP: facts compared with tshark by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "code.h"
#include "source.h"

#define CAPTURES SOURCE_DIR "/../shared/captures/public/"

static const struct {
	const char *file;
	unsigned pppoe, radius, ppp; /* events */
	const char *field, *value;   /* one of them has it */
	const char *counted;         /* input_stats.other */
	uint64_t n;
} known[] = {
	{"packetlife__PPPoE_Dual-Stack_IPv4_IPv6-with_DHCPv6.cap", 4, 0, 36, "pppoed.tags.ac_name",
	 "BRAS", "PPPoE session", 1},
	{"packetlife__RADIUS.cap", 0, 4, 0, "radius.User_Name", "John.McGuirk", "RADIUS", 4},
	{"tcpdump__RADIUS-RFC4675.pcap", 0, 6, 0, "radius.User_Password", "hello", "RADIUS", 6},
	{"tcpdump__RADIUS-port1700.pcap", 0, 1, 0, "radius.code", "43 (CoA-Request)", "RADIUS", 1},
	{"packetlife__PPP_EAP.cap", 0, 0, 49, "eap.identity", "R2", "PPP", 49},
	{"packetlife__PPTP_negotiation.cap", 0, 0, 13, NULL, NULL, "PPTP control connection", 1},
};

static bool has_value(const struct event *e, const char *field, const char *printed)
{
	struct text t = text_make(400);
	bool found = false;

	for (size_t i = 0; field && i < e->n_values && !found; i++) {
		if (strcmp(e->values[i].field, field) != 0)
			continue;
		text_clear(&t);
		value_print(&t, &e->values[i], true);
		found = str_is(text_str(&t), printed);
	}
	text_free(&t);
	return found;
}

static uint64_t counted(const struct input_stats *stats, const char *what)
{
	for (size_t i = 0; i < stats->n_other; i++)
		if (strcmp(stats->other[i].what, what) == 0)
			return stats->other[i].n;
	return 0;
}

static void captures_agree_with_tshark(void **state)
{
	(void)state;
	if (access(CAPTURES, R_OK) != 0)
		skip();
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		unsigned n[EVENT_OTHER + 1] = {0};
		struct text path = text_make(1000);
		struct text why = text_make(1000);
		struct secrets *secrets = secrets_new();
		uint16_t vantages = 0;
		struct source_options o = {.secrets = secrets, .vantages = &vantages};
		bool found = known[i].field == NULL;
		struct source *s;
		struct event e;

		secrets_add(secrets, SECRET_RADIUS, STR("*"), span_of("testing123", 10), false);
		text_printf(&path, CAPTURES "%s", known[i].file);
		o.name = path.at;
		s = source_open(path.at, &o, &why);
		assert_non_null(s);
		while (source_next(s, &e) == PULLED) {
			n[e.kind]++;
			found = found || has_value(&e, known[i].field, known[i].value);
		}
		assert_int_equal(n[EVENT_PPPOE], known[i].pppoe);
		assert_int_equal(n[EVENT_RADIUS], known[i].radius);
		assert_int_equal(n[EVENT_PPP], known[i].ppp);
		assert_true(found);
		assert_int_equal(counted(source_stats(s), known[i].counted), known[i].n);
		source_close(s);
		secrets_free(secrets);
		text_free(&path);
		text_free(&why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(captures_agree_with_tshark)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

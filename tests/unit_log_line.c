/* A log in good order is read by its lines (log_line.h, grammar_form.c). The same log with a blank
 * at the end of each line is read as a flow: it says the same. */
#include "log_record.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROUNDS = 60, TEXT = 1 << 20 };

static const char *const before =
	"LNS#show clock\nwords of a page\n"
	"Feb 28 23:59:58.000: Vi2 PPP: Phase is ESTABLISHING, Passive Open [0 sess, 0 load]\n";

static void put_hex_number(struct text *t, unsigned n)
{
	text_printf(t, "0x%08X (0x0506%08X)\n", n, n);
}

/* The lines of one call, which differ from those of another in their numbers. */
static void put_call(struct text *t, unsigned i)
{
	char at[64];
	unsigned tunnel = 20000 + 7 * i % 80, call = 40000 + i;
	uint32_t magic = 0x9e3779b9u * (i + 1);

	snprintf(at, sizeof(at), "%s 00:%02u:%02u.%03u: ", i < ROUNDS / 2 ? "Mar  1" : "Mar 12",
		 i % 60, i * 7 % 60, i * 37 % 1000);
	text_printf(t,
		    "%sTnl %u L2TP: I ICRQ, flg TLS, ver 2, len 78, tnl %u, cl 0, ns %u, nr 1 "
		    "contiguous pak, size 78\n",
		    at, tunnel, tunnel, i);
	text_printf(t, "      C8 02 00 4E %02X 21 00 00 00 %02X 00 01 80 08 00 00\n", i, i);
	text_puts(t, "      00 00 00 0A 80 08 00 00 00 0E 84 CA 80 0A 00 00\n");
	text_printf(t, "      00 0F 00 00 00 02 80 0A 00 00 00 %02X 00 00 00 ...\n", i);
	text_printf(t, "%sTnl %u L2TP: I ICRQ from lac-1 tnl 101\n", at, tunnel);
	text_printf(t, "%sTnl/Cl %u/%u L2TP: Session state change from idle to wait-connect\n", at,
		    tunnel, call);
	/* the more so when the first of these is no stamp, and one of the later ones is */
	text_printf(t, "%sVi%u CHAP: I SUCCESS id 1 len 4 msg is \"Mar  2 10:%02u:10: x\"\n", at,
		    i + 2, 99 - i);
	text_printf(t, "%sVi%u LCP: O CONFREQ [REQsent] id %u len 19\n", at, i + 2, i);
	text_printf(t, "%sVi%u LCP:    AuthProto CHAP (0x0305C22305)\n", at, i + 2);
	text_printf(t, "%sVi%u LCP:    MagicNumber ", at, i + 2);
	put_hex_number(t, magic);
	text_printf(t, "%sVi%u LCP:    MagicNumber ", at, i + 2);
	put_hex_number(t, magic & 0x77777777u);
	if (i % 5 == 0) /* a dump that states less than it shows, and one row that is damaged */
		text_printf(t,
			    "%scontiguous buffer, size 8\n"
			    "      C8 02 00 0C 00 65 00 0O 00 02 00 04\n",
			    at);
	text_printf(t, "%scontiguous buffer, size 12\n", at);
	text_printf(t, "      C8 02 00 0C 00 65 00 00 00 %02X 00 04\n", i);
	if (i % 7 == 0) /* wrapped, and a line that is nobody's */
		text_printf(t, "%sTnl/Cl %u/%u L2TP: Session state change from\nidle to idle\n", at,
			    tunnel, call);
	if (i % 9 == 0)
		text_puts(t, "LNS#show vpdn\nwhat somebody wrote\n");
	text_printf(t, "%sVi%u IPCP:    Address 100.64.%u.%u (0x03066440%02X%02X)\n", at, i + 2,
		    i / 9, i, i / 9, i);
	text_printf(t, "%s%%LINK-3-UPDOWN: Interface Virtual-Access%u, changed state to up\n", at,
		    i + 2);
	text_printf(t, "%sVi%u CHAP: I RESPONSE id %u len 39 from \"user%u@isp%u.example\"\n", at,
		    i + 2, i % 3, i, i % 2);
}

static struct text whole_text(void)
{
	struct text t = text_make(TEXT);

	text_puts(&t, before);
	for (unsigned i = 0; i < ROUNDS; i++)
		put_call(&t, i);
	return t;
}

static void put_record(struct text *t, const struct log_record *r)
{
	text_printf(t, "%s %d %d %lld %.*s|%.*s|%.*s %llu-%llu:%u %zu %llx %u %u %u %u %d\n",
		    r->row ? r->row->name : "unread", (int)r->kind, (int)r->gap,
		    (long long)r->when.ns, STR_ARG(r->stamp), STR_ARG(r->prompt), STR_ARG(r->text),
		    (unsigned long long)r->origin.line, (unsigned long long)r->origin.line_end,
		    r->origin.column, r->n_defects, (unsigned long long)r->fields,
		    (unsigned)r->words.sense, (unsigned)r->words.code, (unsigned)r->words.message,
		    (unsigned)r->words.protocol, r->words.state);
	for (size_t i = 0; i < r->n_values; i++)
		text_printf(t, "  %s=%.*s %llu\n",
			    log_field_name((enum log_field)r->values[i].field),
			    STR_ARG(r->values[i].text), (unsigned long long)r->values[i].number);
	for (size_t i = 0; i < r->n_hex; i++)
		text_printf(t, "  %.*s %llu:%u %d\n", STR_ARG(r->hex[i].digits),
			    (unsigned long long)r->hex[i].line, r->hex[i].column,
			    r->hex[i].goes_on);
}

static struct text read_all(struct str content)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct log_reader *r = log_open(content, 0, 0, arena);
	struct text t = text_make((size_t)8 << 20);
	struct log_record record;

	while (log_next(r, &record)) {
		struct str is = str_range(content.at + record.origin.offset,
					  content.at + record.origin.offset_end);

		put_record(&t, &record);
		assert_true(record.body >= record.origin.offset);
		assert_false(is.len && is.at[is.len - 1] == '\n');
	}
	text_printf(&t, "%llu records, %llu unread, %llu lines\n",
		    (unsigned long long)log_stats(r)->records,
		    (unsigned long long)log_stats(r)->unread,
		    (unsigned long long)log_stats(r)->lines);
	log_close(r);
	arena_free(arena);
	return t;
}

/* A blank before each line end. */
static struct text loosened(struct str s)
{
	struct text t = text_make((size_t)2 * TEXT);

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\n')
			text_putc(&t, ' ');
		text_putc(&t, s.at[i]);
	}
	return t;
}

static void test_lines_say_what_a_flow_does(void **state)
{
	struct text tight = whole_text(), loose = loosened(text_str(&tight));
	struct text by_lines = read_all(text_str(&tight));
	struct text by_flow = read_all(text_str(&loose));

	(void)state;
	for (size_t i = 0; i < by_lines.len && i < by_flow.len; i++) {
		if (by_lines.at[i] == by_flow.at[i])
			continue;
		i = i < 200 ? 0 : i - 200;
		fail_msg("by lines: %.400s\nas a flow: %.400s", by_lines.at + i, by_flow.at + i);
	}
	assert_int_equal(by_lines.len, by_flow.len);
	text_free(&tight);
	text_free(&loose);
	text_free(&by_lines);
	text_free(&by_flow);
}

/* A stretch that ends anywhere: no record of it is missed, and none is read beyond it. */
static void test_sections(void **state)
{
	struct text whole = whole_text();
	struct str s = text_str(&whole);
	struct arena *arena = arena_new((size_t)64 << 20);
	struct log_reader *r = log_open((struct str){s.at, 0}, 0, 0, arena);

	(void)state;
	for (size_t end = s.len; end > s.len - 2000; end -= 37) {
		struct log_record record;

		log_section(r, s, 0, end, 1);
		while (log_next(r, &record))
			assert_true(record.origin.offset_end <= end);
		arena_reset(arena);
	}
	log_close(r);
	arena_free(arena);
	text_free(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_say_what_a_flow_does),
		cmocka_unit_test(test_sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

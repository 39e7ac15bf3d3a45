/* The command line: what people type, and what they are told when it is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "help.h"
#include "inputs.h"
#include "options.h"
#include "when.h"

enum { WORDS = 16 };

/* Splits `line` at blanks; the words live in `buffer`. */
static int split(char *buffer, size_t room, char **argv, const char *line)
{
	int argc = 1;
	char *at = buffer;

	argv[0] = buffer + room - 1;
	*argv[0] = '\0';
	assert_true(strlen(line) + 2 < room);
	memcpy(buffer, line, strlen(line) + 1);
	while (*at != '\0' && argc < WORDS) {
		argv[argc++] = at;
		while (*at != '\0' && *at != ' ')
			at++;
		if (*at == ' ')
			*at++ = '\0';
	}
	return argc;
}

static char buffer[512];
static struct options options;
static struct text why;

static bool parse(const char *line)
{
	char *argv[WORDS];
	int argc = split(buffer, sizeof(buffer), argv, line);

	text_free(&why);
	why = text_make(4096);
	return options_parse(&options, argc, argv, &why);
}

static void refused(const char *line, const char *reason)
{
	assert_false(parse(line));
	assert_true(str_find(text_str(&why), str_of(reason)) != SIZE_MAX);
	assert_true(str_find(text_str(&why), STR("\n")) == SIZE_MAX);
}

static void test_file_alone_is_calls(void **state)
{
	(void)state;
	assert_true(parse("a.pcap"));
	assert_ptr_equal(options.command, &command_calls);
	assert_string_equal(options.inputs[0].path, "a.pcap");
	assert_true(options.is_implied);
}

static void test_names_inputs(void **state)
{
	(void)state;
	assert_true(parse("calls lac=a.log ./x=y.log -"));
	assert_true(str_is(options.inputs[0].name, "lac"));
	assert_string_equal(options.inputs[0].path, "a.log");
	assert_int_equal(options.inputs[1].name.len, 0);
	assert_string_equal(options.inputs[1].path, "./x=y.log");
	assert_string_equal(options.inputs[2].path, "-");
}

static void test_values_attached_or_not(void **state)
{
	(void)state;
	assert_true(parse("timeline -tad --color=never --where call.id==1 a"));
	assert_string_equal(options.time, "ad");
	assert_string_equal(options.color, "never");
	assert_string_equal(options.where, "call.id==1");
	assert_true(parse("decode -vx a"));
	assert_true(options.verbose && options.hex);
	assert_true(parse("calls a -- --json"));
	assert_int_equal(options.n_inputs, 2);
}

static void test_options_before_the_command(void **state)
{
	(void)state;
	assert_true(parse("--color never tunnels a"));
	assert_ptr_equal(options.command, &command_tunnels);
	assert_int_equal(options.n_inputs, 1);
}

static void test_show_takes_a_number(void **state)
{
	(void)state;
	assert_true(parse("show 2 a"));
	assert_int_equal(options.call, 2);
	assert_int_equal(options.n_inputs, 1);
	assert_true(parse("show a"));
	assert_int_equal(options.call, 0);
}

static void test_named_values(void **state)
{
	struct input lns = {.name = STR("lns"), .given = STR("lns")};
	struct input lac = {.name = STR("lac"), .given = STR("lac")};
	struct input member = {.name = STR("lns/b.pcap"), .given = STR("lns")};

	(void)state;
	assert_true(parse("calls --offset 1 --offset lns=-1.1 lac=a lns=b"));
	assert_string_equal(inputs_value(&options.offsets, &lns), "-1.1");
	assert_string_equal(inputs_value(&options.offsets, &member), "-1.1");
	assert_string_equal(inputs_value(&options.offsets, &lac), "1");
	assert_null(inputs_value(&options.zones, &lac));
}

static void test_refuses_in_one_line(void **state)
{
	(void)state;
	refused("calls --nonsense a", "--nonsense");
	refused("calls", "needs an input");
	refused("", "no input");
	refused("calls --color blue a", "auto|always|never");
	refused("calls --call 0 a", "from 1");
	refused("calls a --where", "needs a value");
	refused("calls --json=yes a", "takes no value");
	refused("diagram --json a", "no option --json");
	refused("calls --fail-on note a", "no option --fail-on");
	refused("diagram --format dot a", "ascii|utf8|mermaid");
}

/* The name of a file is its format, where no option says another and the command has it. */
static void test_suffix(void **state)
{
	(void)state;
	assert_true(parse("diagram -o d.png a"));
	assert_string_equal(options.format, "png");
	assert_true(parse("diagram --format svg -o d.png a"));
	assert_string_equal(options.format, "svg");
	assert_true(parse("check -o a.sarif.json a"));
	assert_string_equal(options.format, "sarif");
	assert_true(parse("calls -o a.json a"));
	assert_true(options.json && options.format == NULL);
	assert_true(parse("calls --format text -o a.json a"));
	assert_false(options.json);
	assert_true(parse("calls -o a.svg a"));
	assert_null(options.format);
	assert_true(parse("export -o a.json a"));
	assert_false(options.json);
	assert_true(parse("reduce -o a.csv a"));
	assert_null(options.format);
	assert_ptr_equal(options.command, &command_reduce);
}

static void test_nearest_command(void **state)
{
	(void)state;
	assert_string_equal(options_nearest("calsl"), "calls");
	assert_string_equal(options_nearest("timline"), "timeline");
	assert_null(options_nearest("wireshark"));
}

/* What is said in sentences; the syntax of an option and a command line stay whole. */
static bool is_sentence(struct str line, bool in_details)
{
	return in_details || (line.len > 32 && strncmp(line.at, "                ", 16) == 0);
}

static void test_help_fits_a_narrow_window(void **state)
{
	enum { NARROW = 72 };

	(void)state;
	for (size_t c = 0; commands[c] != NULL; c++) {
		struct text help = text_make(65536);
		bool in_details = true;
		struct str rest;

		help_print(&help, commands[c], NARROW);
		rest = text_str(&help);
		while (rest.len > 0) {
			size_t end = str_find(rest, STR("\n"));
			struct str line = {.at = rest.at, .len = end == SIZE_MAX ? rest.len : end};

			if (str_equal(line, STR("options:")))
				in_details = false;
			if (is_sentence(line, in_details) && !str_starts(line, "usage:"))
				assert_true(line.len <= NARROW + 2); /* octets of `…` */
			rest = str_from(rest, end == SIZE_MAX ? rest.len : end + 1);
		}
		text_free(&help);
	}
}

/* One row is one option: each is in the help of every command that takes it, and of no other. */
static void test_help_has_every_option(void **state)
{
	const struct option_def *defs;
	size_t n = option_defs(&defs);

	(void)state;
	for (size_t c = 0; commands[c] != NULL; c++) {
		struct text help = text_make(65536);

		help_print(&help, commands[c], 0);
		for (size_t i = 0; i < n; i++) {
			struct text name = text_make(64);
			bool is_taken = (defs[i].commands & commands[c]->bit) != 0;

			text_printf(&name, "--%s ", defs[i].name);
			if (is_taken)
				assert_true(str_find(text_str(&help), text_str(&name)) != SIZE_MAX);
			text_free(&name);
		}
		text_free(&help);
	}
}

static void test_bounds_and_zones(void **state)
{
	struct bound b;
	int64_t seconds;

	(void)state;
	text_clear(&why);
	assert_true(bound_parse(&b, "1970-01-02T00:00:01", &why));
	assert_int_equal(b.kind, BOUND_DATE);
	assert_int_equal(b.ns, 86401 * (int64_t)1000000000);
	assert_true(bound_parse(&b, "00:01:00.5", &why));
	assert_int_equal(b.kind, BOUND_DAYTIME);
	assert_int_equal(b.ns, 60500000000);
	assert_true(bound_parse(&b, "12.5", &why));
	assert_int_equal(b.kind, BOUND_SECONDS);
	assert_false(bound_parse(&b, "yesterday", &why));
	assert_false(bound_parse(&b, "25:00", &why));
	assert_false(bound_parse(&b, "12x", &why));
	assert_true(zone_parse("+02:30", &seconds));
	assert_int_equal(seconds, 9000);
	assert_true(zone_parse("-0530", &seconds));
	assert_int_equal(seconds, -19800);
	assert_false(zone_parse("Mars", &seconds));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_alone_is_calls),
		cmocka_unit_test(test_names_inputs),
		cmocka_unit_test(test_values_attached_or_not),
		cmocka_unit_test(test_options_before_the_command),
		cmocka_unit_test(test_show_takes_a_number),
		cmocka_unit_test(test_named_values),
		cmocka_unit_test(test_refuses_in_one_line),
		cmocka_unit_test(test_nearest_command),
		cmocka_unit_test(test_suffix),
		cmocka_unit_test(test_help_has_every_option),
		cmocka_unit_test(test_help_fits_a_narrow_window),
		cmocka_unit_test(test_bounds_and_zones),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	text_free(&why);
	return failed;
}

/* How much of the family is known, counted from the tables. Named: a number has its name, the
 * value may be octets. Decoded: the value is typed, in JSON and in the tree (coverage.h). */
#include "code.h"
#include "coverage.h"
#include "explain.h"

struct coverage {
	const char *what;
	size_t named, decoded;
};

static struct coverage count_avps(bool is_ietf)
{
	struct coverage c = {.what = is_ietf ? "IETF AVPs" : "vendors' AVPs"};
	const struct avp_row *rows;
	size_t n = avp_rows(&rows);

	for (size_t i = 0; i < n; i++) {
		if ((rows[i].vendor == 0) != is_ietf)
			continue;
		c.named++;
		c.decoded += coverage_of_avp(&rows[i]);
	}
	return c;
}

static struct coverage count_options(void)
{
	struct coverage c = {.what = "PPP options"};
	const struct option_row *rows;

	c.named = option_rows(&rows);
	for (size_t i = 0; i < c.named; i++)
		c.decoded += coverage_of_option(&rows[i]);
	return c;
}

static struct coverage count_tags(void)
{
	struct coverage c = {.what = "PPPoE tags"};
	const struct pppoe_tag_row *rows;

	c.named = pppoe_tag_rows(&rows);
	for (size_t i = 0; i < c.named; i++)
		c.decoded += coverage_of_tag(&rows[i]);
	return c;
}

static struct coverage count_attributes(void)
{
	struct coverage c = {.what = "RADIUS attributes"};
	const struct radius_row *rows;

	c.named = radius_rows(&rows);
	for (size_t i = 0; i < c.named; i++)
		c.decoded += coverage_of_attribute(&rows[i]);
	return c;
}

static struct coverage count_protocols(void)
{
	struct coverage c = {.what = "PPP protocols"};
	const struct code_row *rows;
	size_t n = code_rows(&rows);

	for (size_t i = 0; i < n; i++) {
		if (rows[i].domain != CODE_PPP_PROTOCOL)
			continue;
		c.named++;
		c.decoded += coverage_of_protocol((uint16_t)rows[i].number);
	}
	return c;
}

/* A code is a number wherever it stands, and a name beside it. */
static struct coverage count_codes(void)
{
	struct coverage c = {.what = "codes"};
	const struct code_row *rows;
	size_t n = code_rows(&rows);

	for (size_t i = 0; i < n; i++)
		c.named += rows[i].domain != CODE_PPP_PROTOCOL;
	c.decoded = c.named;
	return c;
}

static void print(struct run *r, const struct coverage *c)
{
	struct writer j = writer_into(&r->line);

	if (r->options->json) {
		writer_open(&j, '{');
		writer_pair_known(&j, "type", STR("coverage"));
		writer_pair_known(&j, "what", str_of(c->what));
		writer_pair_unsigned(&j, "named", c->named);
		writer_pair_unsigned(&j, "decoded", c->decoded);
		writer_close(&j, '}');
		run_print_json(r);
		return;
	}
	text_puts(&r->line, c->what);
	term_pad(&r->line, 20, true);
	text_printf(&r->line, "%zu named", c->named);
	term_pad(&r->line, 32, true);
	text_printf(&r->line, "%zu decoded", c->decoded);
	term_line(&r->term, &r->line);
}

/* Only on request: a bare word is looked for in the tables themselves. */
size_t explain_coverage(struct run *r, const struct question *q)
{
	const struct coverage all[] = {
		count_avps(true), count_avps(false), count_options(),    count_protocols(),
		count_codes(),    count_tags(),      count_attributes(),
	};

	(void)q;
	if (strcmp(r->options->words[0], "coverage") != 0)
		return 0;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		print(r, &all[i]);
	return 1;
}

/* Section 7: what several commands share. */
#include "cause_table.h"
#include "field.h"
#include "manual.h"
#include "mdoc.h"
#include "message_field.h"
#include "threshold.h"

static void begin(struct text *t, const struct manual_page *page)
{
	mdoc_macro(t, "Sh NAME");
	text_printf(t, ".Nm %s\n.Nd ", page->name);
	mdoc_words(t, str_of(page->about));
	mdoc_macro(t, "Sh DESCRIPTION");
}

static void end(struct text *t)
{
	mdoc_macro(t, "Sh SEE ALSO");
	text_puts(t, ".Xr l2tpscope 1 ,\n.Xr l2tpscope-explain 1\n");
}

static const char *const operators[][2] = {
	{"FIELD", "The field is there."},
	{"== != < <= > >=", "Compared as numbers where both are, else as text; words that have an "
			    "order by that; addresses as such, also with a block of them: "
			    "`ip.addr == 10.0.0.0/8`; times with what --since takes. Also "
			    "`eq ne lt le gt ge`."},
	{"contains", "The text is part of it."},
	{"matches, ~", "A regular expression (PCRE2), without regard to case."},
	{"in {a, b, 1..5}", "One of these values or ranges; `not in`: none of them."},
	{"and, or, xor, not", "Also `&&`, `||`, `^^`, `!`; parentheses group."},
};

static void write_fields(struct text *t, const struct field_set *set)
{
	struct text name = text_make(256);

	text_printf(t, ".Ss Fields of a %s\n", set->name);
	mdoc_list_begin(t, "Ds");
	for (size_t i = 0; i < set->n; i++) {
		const struct field *row = &set->rows[i];

		text_clear(&name);
		text_printf(&name, "%s.%s", set->name, row->key);
		mdoc_item(t, name.at, row->about);
	}
	mdoc_list_end(t);
	text_free(&name);
}

void manual_filter(struct text *t, const struct manual_page *page)
{
	const char *name, *about;

	begin(t, page);
	mdoc_words(t,
		   STR("An expression of `--where` chooses calls, tunnels, findings or messages, "
		       "with the operators of Wireshark. A field with several values fits when "
		       "one of them does, and `!=` when none is equal. What is unknown fits "
		       "nothing."));
	mdoc_list_begin(t, "Ds");
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		mdoc_item(t, operators[i][0], operators[i][1]);
	mdoc_list_end(t);
	for (size_t i = 0; field_sets[i] != NULL; i++)
		write_fields(t, field_sets[i]);
	mdoc_macro(t, "Ss Fields of a message");
	mdoc_words(t, STR("Headers, under Wireshark's names; `l2tpscope explain fields` also lists "
			  "those of every attribute and option."));
	mdoc_list_begin(t, "Ds");
	for (size_t i = 0; (name = message_field_name(i, &about)) != NULL; i++)
		mdoc_item(t, name, about);
	mdoc_list_end(t);
	mdoc_macro(t, "Sh EXAMPLES");
	mdoc_display(t, STR("call.outcome == failed and call.lns.name == \"lns1\""));
	mdoc_display(t, STR("call.cause in {busy, no-carrier} && call.setup_s > 2"));
	mdoc_display(t, STR("ppp.protocol == 0xc223 or l2tp.avp.host_name contains \"lac\""));
	end(t);
}

static void write_thresholds(struct text *t)
{
	const struct threshold_row *rows;
	size_t n = threshold_rows(&rows);
	struct text tag = text_make(256);

	mdoc_macro(t, "Ss Thresholds");
	mdoc_words(t, STR("Numbers that rules go by; `--set NAME=VALUE` changes one."));
	mdoc_list_begin(t, "Ds");
	for (size_t i = 0; i < n; i++) {
		text_clear(&tag);
		text_printf(&tag, "%s=%g", rows[i].name, rows[i].value);
		text_puts(t, ".It Sy");
		mdoc_argument(t, tag.at);
		text_printf(t, rows[i].unit[0] == '\0' ? "\n" : " Pq %s\n", rows[i].unit);
		mdoc_words(t, str_of(rows[i].about));
	}
	mdoc_list_end(t);
	text_free(&tag);
}

void manual_rules(struct text *t, const struct manual_page *page)
{
	const struct rule_row *const *rows;
	size_t n = rule_rows(&rows);

	begin(t, page);
	mdoc_words(t,
		   STR("What `l2tpscope check` may find. An error explains a call or tunnel that "
		       "failed or fell, a warning cost a retry, a delay or data, a note is "
		       "everything else. `l2tpscope explain rule ID` says why it matters and what "
		       "to do, `--ignore ID` leaves it out."));
	write_thresholds(t);
	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTE; severity--) {
		text_printf(t, ".Ss %ss\n", severity_word((enum severity)severity));
		mdoc_list_begin(t, "Ds");
		for (size_t i = 0; i < n; i++) {
			if ((int)rows[i]->severity == severity)
				mdoc_item(t, rows[i]->id, rows[i]->title);
		}
		mdoc_list_end(t);
	}
	end(t);
}

void manual_causes(struct text *t, const struct manual_page *page)
{
	const struct cause_fact *rows;
	size_t n = cause_rows(&rows);

	begin(t, page);
	mdoc_words(t,
		   STR("Every call and tunnel that ended has one cause: the root, by the most "
		       "specific evidence there is. `l2tpscope explain cause SLUG` tells more."));
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || rows[i].stage != rows[i - 1].stage) {
			if (i > 0)
				mdoc_list_end(t);
			text_printf(t, ".Ss %s\n", cause_stage_name(rows[i].stage));
			mdoc_list_begin(t, "Ds");
		}
		mdoc_item(t, rows[i].slug, rows[i].meaning);
		mdoc_macro(t, "Pp");
		text_puts(t, "Evidence:\n");
		mdoc_words(t, str_of(rows[i].concluded));
		mdoc_macro(t, "Pp");
		text_puts(t, "What to do:\n");
		mdoc_words(t, str_of(rows[i].advice));
	}
	mdoc_list_end(t);
	end(t);
}

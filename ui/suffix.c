#include "suffix.h"

#include "option_hint.h"
#include "term.h"

/* The longer ones first. */
static const struct suffix {
	const char *suffix;
	const char *format; /* NULL: --json */
} suffixes[] = {
	{".sarif.json", "sarif"}, {".sarif", "sarif"},     {".json", NULL},
	{".jsonl", NULL},         {".csv", "csv"},         {".html", "html"},
	{".htm", "html"},         {".svg", "svg"},         {".png", "png"},
	{".pdf", "pdf"},          {".dot", "dot"},         {".gv", "dot"},
	{".mmd", "mermaid"},      {".puml", "plantuml"},   {".plantuml", "plantuml"},
	{".msc", "mscgen"},       {".mermaid", "mermaid"}, {".mscgen", "mscgen"},
};

static const struct option_def *own_option(const struct options *o, const char *name)
{
	const struct option_def *def = option_named(o->command, str_of(name), 0);

	return (def->commands & o->command->bit) != 0 ? def : NULL;
}

/* What they write has one form, whatever it is called. */
static bool has_one_form(const struct options *o)
{
	return o->command == &command_export || o->command == &command_redact ||
	       o->command == &command_map;
}

static bool is_own_form(const struct options *o, const struct suffix *s)
{
	return o->command == &command_report && s->format != NULL && strcmp(s->format, "html") == 0;
}

static void tell_not_written(const struct options *o, const struct suffix *s)
{
	struct text t = text_make(8192);

	text_printf(&t, "%s: `%s` writes no %s%s: the file has what it prints", o->output,
		    o->command->name, s->format == NULL ? "json" : s->format,
		    o->follow   ? " with --follow"
		    : o->reflow ? " with --reflow"
				: "");
	term_complain(text_str(&t));
	text_free(&t);
}

static void take(struct options *o, const struct suffix *s)
{
	const struct option_def *def = own_option(o, s->format == NULL ? "json" : "format");
	bool is_text_only = s->format != NULL && (o->follow || o->reflow);

	if (def != NULL && s->format == NULL)
		o->json = true;
	else if (def != NULL && !is_text_only && option_is_choice(def, s->format))
		o->format = s->format;
	else if (!has_one_form(o) && !is_own_form(o, s) && !o->quiet)
		tell_not_written(o, s);
}

void suffix_take(struct options *o)
{
	if (o->output == NULL || o->json || o->format != NULL || o->command == &command_reduce)
		return;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (!str_ends_nocase(str_of(o->output), suffixes[i].suffix))
			continue;
		take(o, &suffixes[i]);
		return;
	}
}

#include "suffix.h"

#include "option_hint.h"

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

static void take(struct options *o, const struct suffix *s)
{
	const struct option_def *def = own_option(o, s->format == NULL ? "json" : "format");

	if (def == NULL)
		return;
	if (s->format == NULL)
		o->json = true;
	else if (option_is_choice(def, s->format))
		o->format = s->format;
}

void suffix_take(struct options *o)
{
	if (o->output == NULL || o->json || o->format != NULL || o->command == &command_reduce)
		return;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (!str_ends(str_of(o->output), suffixes[i].suffix))
			continue;
		take(o, &suffixes[i]);
		return;
	}
}

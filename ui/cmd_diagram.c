#include <inttypes.h>

#include "cmd_common.h"
#include "command.h"
#include "diagram.h"
#include "picture.h"
#include "verdict.h"
#include "whole_file.h"

static enum exit_status run_diagram(struct run *r);
static void prepare_diagram(struct run *r);

const struct command command_diagram = {
	.bit = COMMAND_DIAGRAM,
	.name = "diagram",
	.arguments = "[OPTIONS] INPUT...",
	.about = "sequence diagram: --format ascii|utf8|mermaid|plantuml|mscgen|svg|png|pdf",
	.details =
		"Messages as arrows between client, LAC, LNS and RADIUS in order of time, with "
		"what matters of them,\nthe states they move at each end, and findings as notes. "
		"Dashed: sent, and not seen to arrive or never\nacknowledged. Repeats, data and "
		"keepalives are "
		"folded. --call N, --tunnel N, --where choose; of more than 24\ncalls each is one "
		"row. -o FILE is written whole or not at all; --width also sets that of pictures.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS | WRITES_FILE | READS_AGAIN,
	.prepare = prepare_diagram,
	.run = run_diagram,
};

static void draw_ascii(const struct ladder *l, struct term *term)
{
	diagram_draw_text(l, term, false);
}

static void draw_utf8(const struct ladder *l, struct term *term)
{
	diagram_draw_text(l, term, true);
}

/* Text has `draw`, pictures have `paint`. PNG takes 16383 rows of pixels twice as fine; PDF has
 * pages somewhat like those of paper. */
static const struct format {
	const char *name;
	void (*draw)(const struct ladder *l, struct term *term);
	bool (*paint)(const struct picture *p, int theme, FILE *out, struct text *why_not);
	double page_height;
	bool is_svg, is_binary, is_for_people;
} formats[] = {
	{.name = "utf8", .draw = draw_utf8, .is_for_people = true},
	{.name = "ascii", .draw = draw_ascii, .is_for_people = true},
	{.name = "mermaid", .draw = diagram_draw_mermaid},
	{.name = "plantuml", .draw = diagram_draw_plantuml},
	{.name = "mscgen", .draw = diagram_draw_mscgen},
	{.name = "svg", .is_svg = true},
	{.name = "png", .paint = picture_write_png, .page_height = 16000, .is_binary = true},
	{.name = "pdf", .paint = picture_write_pdf, .page_height = 1400, .is_binary = true},
};

static const struct format *format_named(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	}
	return &formats[0];
}

static void prepare_diagram(struct run *r)
{
	struct text why = text_make(4096);

	if (format_named(r->options->format)->paint != NULL)
		(void)picture_prepare(&why); /* who draws says why not */
	text_free(&why);
}

static int theme_of(const struct options *o)
{
	if (o->theme == NULL || strcmp(o->theme, "auto") == 0)
		return THEMES;
	return strcmp(o->theme, "dark") == 0 ? THEME_DARK : THEME_LIGHT;
}

/* The one call that is drawn, or NULL. */
static const struct call *only_call(struct run *r)
{
	const struct call *only = NULL;

	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		if (!run_shows_call(r, c))
			continue;
		if (only != NULL)
			return NULL;
		only = c;
	}
	return only;
}

static const struct tunnel *tunnel_numbered(const struct run *r, uint64_t number)
{
	const struct tunnel *n = r->report->tunnels;

	while (n != NULL && n->number != number)
		n = n->next;
	return n;
}

/* `call 3 of lac.pcap, lns.log: failed, reached lcp, ended by LNS: auth-rejected (certain)`. The
 * answer comes first: a picture is looked at by people who did not ask. */
static struct str title_of(struct run *r)
{
	const struct options *o = r->options;
	const struct call *call = o->tunnel != 0 ? NULL : only_call(r);
	const struct tunnel *tunnel = tunnel_numbered(r, o->tunnel);
	struct text t = text_make(LIMIT_LADDER_TEXT);
	struct str title;

	if (call != NULL && (o->call != 0 || r->report->n_calls > 1))
		text_printf(&t, "call %" PRIu64 " of ", call->number);
	else if (tunnel != NULL)
		text_printf(&t, "tunnel %" PRIu64 " of ", o->tunnel);
	for (size_t i = 0; i < r->n_inputs; i++) {
		text_puts(&t, i == 0 ? "" : ", ");
		text_escape(&t, r->names[i]);
	}
	if (call != NULL) {
		text_puts(&t, ": ");
		verdict_of_call(&t, call);
	} else if (tunnel != NULL) {
		text_puts(&t, ": ");
		verdict_of_tunnel(&t, tunnel);
	}
	title = ladder_clip(r->kept, text_str(&t), LIMIT_LADDER_TEXT / 2);
	text_free(&t);
	return title;
}

/* All formats want a party at least. */
static void name_nothing(struct ladder *l)
{
	struct str nothing = STR("nothing to draw");

	if (l->n_parties > 0)
		return;
	l->parties = arena_alloc(l->arena, sizeof(*l->parties));
	l->parties[0] =
		(struct ladder_party){.kind = PARTY_OTHER, .title = nothing, .label = nothing};
	l->n_parties = 1;
}

static bool paint(struct run *r, const struct ladder *l, const struct format *f,
		  struct text *why_not)
{
	const struct options *o = r->options;
	struct picture_wish wish = {
		.title = title_of(r),
		.columns = o->width == 0 ? 0 : r->term.width,
		.page_height = f->page_height,
		.has_time_scale = o->scale != NULL && strcmp(o->scale, "time") == 0,
	};
	struct picture *p = picture_make(l, &wish);
	bool is_fine = true;

	if (f->is_svg)
		picture_write_svg(p, theme_of(o), &r->term);
	else
		is_fine = f->paint(p, theme_of(o), r->term.out, why_not);
	if (strcmp(f->name, "png") == 0 && p->n_pages > 1)
		run_warn(r, "the image holds page 1 of %zu; --format pdf or svg holds all",
			 p->n_pages);
	picture_free(p);
	return is_fine;
}

static bool draw(struct run *r, const struct format *f, struct text *why_not)
{
	struct ladder *l = ladder_make(r, NULL);
	bool is_fine = true;

	if (l->n_rows == 0 && f->is_for_people) {
		common_print_contents(r);
	} else {
		name_nothing(l);
		if (f->draw != NULL)
			f->draw(l, &r->term);
		else
			is_fine = paint(r, l, f, why_not);
	}
	ladder_free(l);
	return is_fine;
}

/* Into a file the page is as wide as without a terminal, and has no colour codes. */
static void write_into(struct run *r, FILE *out)
{
	if (out == stdout)
		return;
	r->term = (struct term){.out = out, .width = r->term.width};
	if (r->options->width == 0)
		term_set_width(&r->term, TERM_WIDTH_ELSEWHERE);
}

static bool may_draw(const struct run *r, const struct format *f, struct text *why_not)
{
	const struct options *o = r->options;
	bool is_picture = f->draw == NULL;

	if (f->is_binary && common_is_terminal(r, why_not))
		return false;
	if (is_picture || (o->scale == NULL && o->theme == NULL))
		return true;
	text_puts(why_not, "--scale and --theme are for svg, png and pdf");
	return false;
}

static enum exit_status run_diagram(struct run *r)
{
	const struct format *f = format_named(r->options->format);
	const char *path = r->options->output;
	struct text why_not = text_make(4096);
	struct term term = r->term;
	struct whole_file file;
	enum exit_status status;
	bool is_fine;

	if (!may_draw(r, f, &why_not) ||
	    !whole_open(&file, path == NULL ? "-" : path, r->options->force, &why_not))
		return common_refuse(&why_not, STATUS_USAGE);
	write_into(r, file.out);
	is_fine = draw(r, f, &why_not);
	if (file.out != stdout) {
		if (r->term.has_failed)
			text_printf(&why_not, "not all of %s could be written: %s", path,
				    strerror(r->term.error));
		is_fine = is_fine && !r->term.has_failed;
		r->term = term;
	}
	if (r->is_interrupted || !is_fine) {
		status = r->is_interrupted  ? STATUS_INTERRUPTED
			 : ferror(file.out) ? STATUS_LIMIT
					    : STATUS_USAGE;
		whole_drop(&file);
		return r->is_interrupted ? status : common_refuse(&why_not, status);
	}
	if (path != NULL && !whole_close(&file, &why_not))
		return common_refuse(&why_not, STATUS_LIMIT);
	text_free(&why_not);
	return STATUS_DONE;
}

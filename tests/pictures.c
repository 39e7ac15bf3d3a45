/* Pictures of many inputs: every text stays on its page, none lies over another, and each is as
 * wide as the emitter believes (measured with pango in the face that png and pdf use).
 *
 * usage: pictures L2TPSCOPE FILE... */
#include <errno.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { TEXTS = 200000, WORDS = 4096 };

struct words {
	double x, y, width, size;
	bool is_bold;
	char text[WORDS];
};

/* What overlaps must share a line of text: only places are kept. */
struct place {
	double left, right, top, bottom;
};

struct ruler {
	cairo_surface_t *surface;
	cairo_t *cairo;
	PangoLayout *layout;
};

static struct ruler ruler_new(void)
{
	struct ruler r = {.surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1)};
	cairo_font_options_t *options = cairo_font_options_create();

	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	r.cairo = cairo_create(r.surface);
	r.layout = pango_cairo_create_layout(r.cairo);
	pango_cairo_context_set_font_options(pango_layout_get_context(r.layout), options);
	pango_context_set_round_glyph_positions(pango_layout_get_context(r.layout), FALSE);
	cairo_font_options_destroy(options);
	return r;
}

static double measure(const struct ruler *r, const struct words *w)
{
	PangoFontDescription *face = pango_font_description_from_string("DejaVu Sans Mono");
	PangoRectangle extents;

	pango_font_description_set_absolute_size(face, w->size * PANGO_SCALE);
	if (w->is_bold)
		pango_font_description_set_weight(face, PANGO_WEIGHT_BOLD);
	pango_layout_set_font_description(r->layout, face);
	pango_layout_set_text(r->layout, w->text, -1);
	pango_layout_get_extents(r->layout, NULL, &extents);
	pango_font_description_free(face);
	return (double)extents.width / PANGO_SCALE;
}

static double attribute(const char *line, const char *name)
{
	const char *at = strstr(line, name);

	return at == NULL ? NAN : strtod(at + strlen(name), NULL);
}

/* `&#60;` becomes `<`. */
static void unescape(char *to, const char *from, const char *end)
{
	size_t n = 0;

	while (from < end && n + 1 < WORDS) {
		char *behind;

		if (strncmp(from, "&#", 2) != 0) {
			to[n++] = *from++;
			continue;
		}
		to[n++] = (char)strtol(from + 2, &behind, 10);
		from = behind + 1;
	}
	to[n] = '\0';
}

static bool take_words(const char *line, struct words *ret)
{
	const char *start, *end;

	if (strncmp(line, "<text ", 6) != 0)
		return false;
	start = strchr(line, '>');
	end = strstr(line, "</text>");
	if (start == NULL || end == NULL)
		return false;
	*ret = (struct words){
		.x = attribute(line, " x=\""),
		.y = attribute(line, " y=\""),
		.width = attribute(line, " textLength=\""),
		.size = attribute(line, " font-size=\""),
		.is_bold = strstr(line, "font-weight=\"bold\"") != NULL,
	};
	unescape(ret->text, start + 1, end);
	return true;
}

static bool is_ascii(const char *s)
{
	while (*s != '\0' && (unsigned char)*s < 0x80)
		s++;
	return *s == '\0';
}

static int by_top(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->top < y->top ? -1 : x->top > y->top;
}

static size_t count_overlaps(struct place *places, size_t n)
{
	size_t overlaps = 0;

	qsort(places, n, sizeof(*places), by_top);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; k < n && places[k].top < places[i].bottom; k++)
			overlaps += places[k].left < places[i].right &&
				    places[i].left < places[k].right;
	}
	return overlaps;
}

/* Ascent and descent of the face are .93 and .24 of its size; what is between two lines of text
 * that follow each other is less. */
static struct place place_of(const struct words *w)
{
	return (struct place){w->x, w->x + w->width, w->y - 0.76 * w->size, w->y + 0.2 * w->size};
}

struct check {
	const struct ruler *ruler;
	const char *file;
	double width, height;
	struct place *places;
	size_t n, faults;
};

static void fault(struct check *c, const char *what, const struct words *w)
{
	if (c->faults++ < 5)
		fprintf(stderr, "%s: %s: `%s` at %.1f, %.1f\n", c->file, what, w->text, w->x, w->y);
}

static void check_words(struct check *c, const struct words *w)
{
	if (!(w->x >= 0 && w->x + w->width <= c->width && w->y - w->size >= 0 &&
	      w->y + 0.25 * w->size <= c->height))
		fault(c, "runs out of the page", w);
	if (is_ascii(w->text) && fabs(measure(c->ruler, w) - w->width) > 0.6)
		fault(c, "is not as wide as it says", w);
	if (c->n < TEXTS)
		c->places[c->n++] = place_of(w);
}

static void check_picture(struct check *c, FILE *in)
{
	char *line = NULL;
	size_t room = 0;
	struct words words;

	while (getline(&line, &room, in) > 0) {
		if (strncmp(line, "<svg ", 5) == 0) {
			c->width = attribute(line, " width=\"");
			c->height = attribute(line, " height=\"");
		}
		if (take_words(line, &words))
			check_words(c, &words);
	}
	free(line);
}

static size_t check_file(const struct ruler *r, const char *program, const char *options,
			 const char *file)
{
	struct check c = {.ruler = r, .file = file};
	char command[8192];
	size_t overlaps;
	FILE *in;

	snprintf(command, sizeof(command), "'%s' diagram -q --format svg %s '%s'", program, options,
		 file);
	in = popen(command, "r");
	if (in == NULL)
		return 1;
	c.places = calloc(TEXTS, sizeof(*c.places));
	check_picture(&c, in);
	pclose(in);
	overlaps = count_overlaps(c.places, c.n);
	if (overlaps > 0)
		fprintf(stderr, "%s %s: %zu texts lie over others\n", file, options, overlaps);
	if (c.n == 0)
		fprintf(stderr, "%s %s: no text at all\n", file, options);
	free(c.places);
	return c.faults + overlaps + (c.n == 0);
}

int main(int argc, char **argv)
{
	static const char *const options[] = {"", "--width 40 --scale time", "--width 400"};
	struct ruler r = ruler_new();
	size_t faults = 0;

	for (int i = 2; i < argc; i++) {
		for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++)
			faults += check_file(&r, argv[1], options[k], argv[i]);
	}
	printf("%d inputs, %zu faults\n", argc - 2, faults);
	g_object_unref(r.layout);
	cairo_destroy(r.cairo);
	cairo_surface_destroy(r.surface);
	pango_cairo_font_map_set_default(NULL);
	return faults > 0 || argc < 3;
}

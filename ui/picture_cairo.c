/* A picture as PNG and PDF. Same input, same bytes: one face by name, no hinting that depends on a
 * screen, and the date of a document is that of its first message. */
#include <cairo-pdf.h>
#include <errno.h>
#define INT_MAX __INT_MAX__ /* it asks <limits.h>, and gets ours */
#include <fontconfig/fontconfig.h>
#undef INT_MAX
#include <math.h>
#include <pango/pangocairo.h>

#include "picture.h"

#define LIBRARY_TABLE "cairo_library.def"
#define LIBRARY_FILE  "libpangocairo-1.0.so.0"
#include "lazy_table.h"

struct painter {
	cairo_t *cairo;
	PangoContext *context;
	PangoLayout *layout;
	PangoFontDescription *face;
	int theme;
};

static void use_ink(const struct painter *p, enum ink ink)
{
	unsigned color = ink_color(p->theme, ink);

	lib.cairo_set_source_rgb(p->cairo, (color >> 16 & 0xff) / 255.0,
				 (color >> 8 & 0xff) / 255.0, (color & 0xff) / 255.0);
}

/* A face that is wider than it should be is squeezed: nothing leaves its place. */
static void paint_text(const struct painter *p, const struct mark_on_page *m)
{
	PangoRectangle extents;
	double width;

	lib.pango_font_description_set_absolute_size(p->face, m->size * PANGO_SCALE);
	lib.pango_font_description_set_weight(p->face,
					      m->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	lib.pango_layout_set_font_description(p->layout, p->face);
	lib.pango_layout_set_text(p->layout, m->text.at, (int)m->text.len);
	lib.pango_layout_get_extents(p->layout, NULL, &extents);
	width = (double)extents.width / PANGO_SCALE;
	use_ink(p, m->ink);
	lib.cairo_save(p->cairo);
	lib.cairo_translate(p->cairo, m->x, m->y);
	if (width > m->x2)
		lib.cairo_scale(p->cairo, m->x2 / width, 1);
	lib.cairo_move_to(p->cairo, 0, 0);
	lib.pango_cairo_show_layout_line(p->cairo,
					 lib.pango_layout_get_line_readonly(p->layout, 0));
	lib.cairo_restore(p->cairo);
}

static void paint_line(const struct painter *p, const struct mark_on_page *m)
{
	static const double dashes[] = {6, 4};

	use_ink(p, m->ink);
	lib.cairo_set_line_width(p->cairo, m->size);
	lib.cairo_set_dash(p->cairo, dashes, m->is_dashed ? 2 : 0, 0);
	lib.cairo_move_to(p->cairo, m->x, m->y);
	lib.cairo_line_to(p->cairo, m->x2, m->y2);
	lib.cairo_stroke(p->cairo);
}

static void paint_head(const struct painter *p, const struct mark_on_page *m)
{
	double back = m->x2 < 0 ? 8 : -8;

	use_ink(p, m->ink);
	lib.cairo_move_to(p->cairo, m->x, m->y);
	lib.cairo_rel_line_to(p->cairo, back, -4);
	lib.cairo_rel_line_to(p->cairo, 0, 8);
	lib.cairo_close_path(p->cairo);
	lib.cairo_fill(p->cairo);
}

static void paint_rect(const struct painter *p, const struct mark_on_page *m)
{
	use_ink(p, m->ink);
	lib.cairo_rectangle(p->cairo, m->x, m->y, m->x2, m->y2);
	if (!m->is_framed) {
		lib.cairo_fill(p->cairo);
		return;
	}
	lib.cairo_set_line_width(p->cairo, m->size);
	lib.cairo_set_dash(p->cairo, NULL, 0, 0);
	lib.cairo_stroke(p->cairo);
}

static void paint_page(const struct painter *p, const struct page *page)
{
	use_ink(p, INK_PAGE);
	lib.cairo_paint(p->cairo);
	for (size_t i = 0; i < page->n_marks; i++) {
		const struct mark_on_page *m = &page->marks[i];

		switch (m->shape) {
		case SHAPE_RECT:
			paint_rect(p, m);
			break;
		case SHAPE_LINE:
			paint_line(p, m);
			break;
		case SHAPE_HEAD:
			paint_head(p, m);
			break;
		case SHAPE_TEXT:
			paint_text(p, m);
			break;
		}
	}
}

static struct painter painter_new(cairo_surface_t *surface, int theme)
{
	struct painter p = {.cairo = lib.cairo_create(surface),
			    .theme = theme == THEME_DARK ? THEME_DARK : THEME_LIGHT};
	cairo_font_options_t *options = lib.cairo_font_options_create();

	lib.cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	lib.cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	lib.cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	p.context = lib.pango_cairo_create_context(p.cairo);
	lib.pango_cairo_context_set_font_options(p.context, options);
	lib.pango_cairo_context_set_resolution(p.context, 96);
	lib.pango_context_set_round_glyph_positions(p.context, FALSE);
	p.layout = lib.pango_layout_new(p.context);
	lib.pango_layout_set_auto_dir(p.layout, FALSE);
	lib.pango_layout_set_single_paragraph_mode(p.layout, TRUE);
	p.face = lib.pango_font_description_from_string("DejaVu Sans Mono");
	lib.cairo_font_options_destroy(options);
	return p;
}

/* The libraries keep faces for the next picture, which does not come. */
static void painter_free(struct painter *p)
{
	lib.pango_font_description_free(p->face);
	lib.g_object_unref(p->layout);
	lib.g_object_unref(p->context);
	lib.cairo_destroy(p->cairo);
	lib.pango_cairo_font_map_set_default(NULL);
}

struct sink {
	FILE *out;
	int error; /* of the first write that failed */
};

static cairo_status_t write_out(void *closure, const unsigned char *data, unsigned n)
{
	struct sink *s = closure;

	errno = 0;
	if (fwrite(data, 1, n, s->out) == n)
		return CAIRO_STATUS_SUCCESS;
	s->error = s->error == 0 ? errno : s->error;
	return CAIRO_STATUS_WRITE_ERROR;
}

/* A reader that has enough is no failure. */
static bool is_fine(cairo_status_t status, const struct sink *s, struct text *why_not)
{
	bool is_written = s->error == 0;

	if ((status == CAIRO_STATUS_SUCCESS && is_written) || s->error == EPIPE)
		return true;
	if (!is_written)
		text_printf(why_not, "not all of the picture could be written: %s",
			    strerror(s->error));
	else
		text_printf(why_not, "the picture cannot be drawn: %s",
			    lib.cairo_status_to_string(status));
	return false;
}

/* Twice the size, for sharp words, unless that is more than an image may have, or takes more memory
 * than a picture is worth. */
static bool write_png(const struct picture *p, int theme, FILE *out, struct text *why_not)
{
	enum { CAIRO_MOST = 32767, PIXELS_MOST = 64000000 };
	const struct page *page = &p->pages[0];
	double longest = larger(page->height, p->width);
	double area = page->height * p->width;
	double scale = smaller(longest * 2 <= CAIRO_MOST ? 2 : smaller(1, CAIRO_MOST / longest),
			       sqrt(PIXELS_MOST / area));
	cairo_surface_t *surface = lib.cairo_image_surface_create(
		CAIRO_FORMAT_RGB24, (int)(p->width * scale), (int)(page->height * scale));
	struct painter painter = painter_new(surface, theme);
	struct sink sink = {.out = out};
	cairo_status_t status;

	lib.cairo_scale(painter.cairo, scale, scale);
	paint_page(&painter, page);
	status = lib.cairo_status(painter.cairo);
	if (status == CAIRO_STATUS_SUCCESS)
		status = lib.cairo_surface_write_to_png_stream(surface, write_out, &sink);
	painter_free(&painter);
	lib.cairo_surface_destroy(surface);
	return is_fine(status, &sink, why_not);
}

static void describe(cairo_surface_t *surface, const struct picture *p)
{
	struct text date = text_make(64);
	struct text title = text_make(LIMIT_OUTPUT_LINE);
	struct moment day = p->start;

	day.kind = moment_known(day) ? CLOCK_ABSOLUTE : CLOCK_NONE;
	day.ns -= day.ns % 1000000000;
	day.grain_ns = 1000000000;
	if (day.kind == CLOCK_ABSOLUTE)
		moment_print(&date, day);
	else
		text_puts(&date, "1970-01-01T00:00:00Z");
	text_add(&title, p->title);
	lib.cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date.at);
	lib.cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "l2tpscope");
	if (title.len > 0)
		lib.cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title.at);
	text_free(&date);
	text_free(&title);
}

/* A page of PDF is 14400 points long at most. */
static bool write_pdf(const struct picture *p, int theme, FILE *out, struct text *why_not)
{
	const double points = 72.0 / 96.0, most = 14400;
	struct sink sink = {.out = out};
	cairo_surface_t *surface = lib.cairo_pdf_surface_create_for_stream(
		write_out, &sink, p->width * points, p->pages[0].height * points);
	struct painter painter = painter_new(surface, theme);
	cairo_status_t status;

	describe(surface, p);
	for (size_t i = 0; i < p->n_pages; i++) {
		const struct page *page = &p->pages[i];
		double scale = smaller(points, most / larger(page->height, p->width));

		lib.cairo_pdf_surface_set_size(surface, p->width * scale, page->height * scale);
		lib.cairo_save(painter.cairo);
		lib.cairo_scale(painter.cairo, scale, scale);
		paint_page(&painter, page);
		lib.cairo_restore(painter.cairo);
		lib.cairo_show_page(painter.cairo);
	}
	painter_free(&painter);
	lib.cairo_surface_finish(surface);
	status = lib.cairo_surface_status(surface);
	lib.cairo_surface_destroy(surface);
	return is_fine(status, &sink, why_not);
}

bool picture_write_png(const struct picture *p, int theme, FILE *out, struct text *why_not)
{
	return lazy_load(&library, why_not) && write_png(p, theme, out, why_not);
}

bool picture_write_pdf(const struct picture *p, int theme, FILE *out, struct text *why_not)
{
	return lazy_load(&library, why_not) && write_pdf(p, theme, out, why_not);
}

/* A word in each face makes the libraries read what they need but the fonts themselves. */
bool picture_prepare(struct text *why_not)
{
	const struct mark_on_page words[] = {
		{.shape = SHAPE_TEXT, .text = STR("l2tpscope"), .size = 12},
		{.shape = SHAPE_TEXT, .text = STR("l2tpscope"), .size = 12, .is_bold = true},
	};
	cairo_surface_t *surface;
	struct painter painter;

	if (!lazy_load(&library, why_not))
		return false;
	surface = lib.cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
	painter = painter_new(surface, THEME_LIGHT);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		paint_text(&painter, &words[i]);
	painter_free(&painter);
	lib.cairo_surface_destroy(surface);
	return true;
}

void picture_fonts(void (*each)(void *context, const char *folder), void *context)
{
	FcStrList *folders = library.is_loaded ? lib.FcConfigGetFontDirs(NULL) : NULL;
	const FcChar8 *folder;

	while (folders != NULL && (folder = lib.FcStrListNext(folders)) != NULL)
		each(context, (const char *)folder);
	if (folders != NULL)
		lib.FcStrListDone(folders);
}

bool picture_library_versions(const char **ret_cairo, const char **ret_pango, struct text *why_not)
{
	if (!lazy_load(&library, why_not))
		return false;
	*ret_cairo = lib.cairo_version_string();
	*ret_pango = lib.pango_version_string();
	return true;
}

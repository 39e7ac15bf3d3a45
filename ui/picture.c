#include "picture.h"

#include <stdlib.h>

unsigned ink_color(int theme, enum ink ink)
{
	static const unsigned colors[THEMES][INKS] = {
		[THEME_LIGHT] = {[INK_PAGE] = 0xffffff,
				 [INK_TEXT] = 0x1a1c20,
				 [INK_DIM] = 0x5a6270,
				 [INK_LINE] = 0xb4bcc8,
				 [INK_ARROW] = 0x1f4e9c,
				 [INK_DATA] = 0x6a4a9c,
				 [INK_LOST] = 0xb02a2a,
				 [INK_BOX] = 0xf1f4f8,
				 [INK_IDLE] = 0xd5dae2,
				 [INK_BUSY] = 0xe0a528,
				 [INK_OPEN] = 0x3c9a5f,
				 [INK_FAILED] = 0xc8413b,
				 [INK_ERROR] = 0xa81f1f,
				 [INK_WARNING] = 0x8a5a00,
				 [INK_NOTE] = 0x1f5a86,
				 [INK_ERROR_BACK] = 0xfde8e8,
				 [INK_WARNING_BACK] = 0xfdf2d6,
				 [INK_NOTE_BACK] = 0xe8f1f9},
		[THEME_DARK] = {[INK_PAGE] = 0x14171c,
				[INK_TEXT] = 0xe6e9ee,
				[INK_DIM] = 0x9aa4b2,
				[INK_LINE] = 0x48505c,
				[INK_ARROW] = 0x7fb2ff,
				[INK_DATA] = 0xc0a4f0,
				[INK_LOST] = 0xff8a80,
				[INK_BOX] = 0x20252d,
				[INK_IDLE] = 0x39414c,
				[INK_BUSY] = 0xd09a2a,
				[INK_OPEN] = 0x3f9e63,
				[INK_FAILED] = 0xd8534c,
				[INK_ERROR] = 0xff9c94,
				[INK_WARNING] = 0xf2c566,
				[INK_NOTE] = 0x8cc4ee,
				[INK_ERROR_BACK] = 0x3a1d1f,
				[INK_WARNING_BACK] = 0x352a12,
				[INK_NOTE_BACK] = 0x172a3a},
	};

	return colors[theme][ink];
}

const char *ink_name(enum ink ink)
{
	static const char *const names[INKS] = {
		[INK_PAGE] = "page",
		[INK_TEXT] = "text",
		[INK_DIM] = "dim",
		[INK_LINE] = "line",
		[INK_ARROW] = "arrow",
		[INK_DATA] = "data",
		[INK_LOST] = "lost",
		[INK_BOX] = "box",
		[INK_IDLE] = "idle",
		[INK_BUSY] = "busy",
		[INK_OPEN] = "open",
		[INK_FAILED] = "failed",
		[INK_ERROR] = "error",
		[INK_WARNING] = "warning",
		[INK_NOTE] = "note",
		[INK_ERROR_BACK] = "error-back",
		[INK_WARNING_BACK] = "warning-back",
		[INK_NOTE_BACK] = "note-back",
	};

	return names[ink];
}

struct page *picture_add_page(struct picture *p)
{
	if (p->n_pages == p->room) {
		p->room = p->room == 0 ? 4 : 2 * p->room;
		p->pages = must_grow(p->pages, p->room, sizeof(*p->pages));
	}
	p->pages[p->n_pages] = (struct page){0};
	return &p->pages[p->n_pages++];
}

struct mark_on_page *page_add(struct page *page, struct mark_on_page mark)
{
	if (page->n_marks == page->room) {
		page->room = page->room == 0 ? 256 : 2 * page->room;
		page->marks = must_grow(page->marks, page->room, sizeof(*page->marks));
	}
	page->marks[page->n_marks] = mark;
	return &page->marks[page->n_marks++];
}

void picture_free(struct picture *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n_pages; i++)
		free(p->pages[i].marks);
	free(p->pages);
	arena_free(p->arena);
	free(p);
}

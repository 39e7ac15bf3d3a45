/* A message beside or below the list it is from: its fields, and its octets with the chosen field
 * marked; from an octet to its field, too. */
#ifndef L2TPSCOPE_TUI_MESSAGE_H
#define L2TPSCOPE_TUI_MESSAGE_H

#include "message_tree.h"
#include "tui.h"

enum tui_pane { PANE_LIST, PANE_TREE, PANE_HEX };

/* Words above its fields: what is wrong with it, or all that it is. */
struct tui_note {
	const char *color; /* its sequence */
	struct str text;
	struct tui_note *next;
};

struct tui_message {
	struct arena *arena;
	struct tui_note *notes, **last_note;
	const struct event *event;
	struct message_tree tree;
	const uint8_t *octets;
	const bool *known;
	size_t n_octets;
	size_t field, octet;        /* the cursor in each */
	size_t tree_top, hex_top;   /* the first row in sight */
	size_t tree_left;           /* columns out of sight */
	size_t per_line;            /* octets */
	size_t tree_rows, hex_rows; /* in sight */
	bool hides_octets;          /* they hold a password */
	struct area tree_area, hex_area;
	size_t list_needs; /* columns, for the list to say all; 0: any will do */
	enum tui_pane pane;
	struct str where; /* `frame 12 of lac.pcap`; lives as long as the list */
};

void tui_message_set(struct tui_message *m, struct tui *t, const struct event *e, struct str where);
/* Its next note; what it is made of is copied. */
void tui_message_note(struct tui_message *m, const char *color, struct str name, struct str text);
void tui_message_free(struct tui_message *m);
/* Draws both panes; gives what is left for the list. */
struct area tui_message_frame(struct tui_message *m, struct canvas *c, struct area a);
/* Keys while one of the panes has the cursor, and those that go there. */
bool tui_message_act(struct tui_message *m, enum action a);
/* To the field or the octet at that place of the screen, or back to the list. */
void tui_message_click(struct tui_message *m, size_t row, size_t column);

#endif

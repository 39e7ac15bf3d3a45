/* Strict readers of what the program writes. Each hears an output whole, complains about whatever
 * is not of its format or could take effect in it, and gives every text that it finds there. */
#ifndef HOSTILE_READERS_H
#define HOSTILE_READERS_H

#include <stdbool.h>
#include <stddef.h>

struct output {
	const char *at;
	size_t len;
	/* `text` of the output, as the reader of its format understands it. */
	void (*found)(const char *text, size_t len);
	void (*complain)(const char *what, const char *where, size_t len);
};

/* What a terminal gets: UTF-8, no control but a new line and, with `has_color`, SGR, with
 * `has_tabs` the tabs of a log; nothing that is not seen or that turns the direction. */
void read_terminal(const struct output *o, bool has_color, bool has_tabs);
/* One object a line; `is_one`: one document. */
void read_json(const struct output *o, bool is_one);
/* RFC 4180, a head and as many fields in each record, none a formula. */
void read_csv(const struct output *o);
/* Lines for COPY of PostgreSQL: as many fields in each, every backslash the beginning of an escape.
 */
void read_copy(const struct output *o);
/* The texts of each table: what a terminal may show. */
void read_sqlite(const struct output *o, const char *path);
/* Elements that are ours alone, closed in turn, no attribute that acts. */
void read_html(const struct output *o);
/* The same in XML, read by expat. */
void read_svg(const struct output *o);
/* Each line a statement of ours, its label inert. */
void read_mermaid(const struct output *o);
void read_plantuml(const struct output *o);
void read_mscgen(const struct output *o);
/* Blocks and options whole, comments and names without controls. */
void read_pcapng(const struct output *o);

#endif

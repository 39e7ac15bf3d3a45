#include "decode_tree.h"

#include <inttypes.h>

#include "message_tree.h"
#include "rebuild.h"

/* `dumped, printed (line 54)`: where the octets of a rebuilt message come from. */
static void print_sources(struct run *r, const struct octet *octets, size_t n)
{
	bool is_first = true;

	for (size_t i = 0; i < n; i++) {
		bool is_told = false;

		for (size_t k = 0; k < i && !is_told; k++)
			is_told = octets[k].source == octets[i].source &&
				  octets[k].line == octets[i].line &&
				  octets[k].input == octets[i].input;
		if (is_told)
			continue;
		text_puts(&r->line, is_first ? "  {" : "; ");
		is_first = false;
		text_puts(&r->line, octet_source_name((enum octet_source)octets[i].source));
		if (octets[i].source != OCTET_UNKNOWN)
			text_printf(&r->line, ", line %" PRIu64, octets[i].line);
		if (octets[i].source != OCTET_UNKNOWN && r->n_inputs > 1 &&
		    octets[i].input < r->n_inputs) {
			text_puts(&r->line, " of ");
			text_escape(&r->line, r->names[octets[i].input]);
		}
	}
	if (!is_first)
		text_putc(&r->line, '}');
}

static void print_octets(struct run *r, const struct octet *octets, size_t n)
{
	text_puts(&r->line, "  [");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			text_putc(&r->line, ' ');
		if (octets[i].source == OCTET_UNKNOWN)
			text_puts(&r->line, "..");
		else
			text_printf(&r->line, "%02x", (unsigned)octets[i].value);
	}
	text_putc(&r->line, ']');
}

/* Ends a line that shows octets [at, at + n) of the message. False when it is not a rebuilt one. */
static bool end_rebuilt(struct run *r, const struct event *e, size_t at, size_t n)
{
	if (e->rebuilt == NULL || n == 0 || at + n > e->rebuilt->n)
		return false;
	if (r->options->hex)
		print_octets(r, e->rebuilt->octets + at, n);
	print_sources(r, e->rebuilt->octets + at, n);
	term_line(&r->term, &r->line);
	return true;
}

static void print_rebuilt(struct run *r, const struct event *e)
{
	size_t counts[OCTET_SOURCES] = {0};
	const char *before = ": ";

	for (size_t i = 0; i < e->rebuilt->n; i++)
		counts[e->rebuilt->octets[i].source]++;
	text_printf(&r->line, "    rebuilt: %zu of %zu octets",
		    e->rebuilt->n - counts[OCTET_UNKNOWN], e->rebuilt->n);
	for (size_t i = OCTET_DUMPED; i < OCTET_SOURCES; i++) {
		if (counts[i] == 0)
			continue;
		text_printf(&r->line, "%s%zu %s", before, counts[i],
			    octet_source_name((enum octet_source)i));
		before = ", ";
	}
	if (e->rebuilt->is_whole)
		text_puts(&r->line, "; the lengths of all parts sum up to the stated one");
	term_line(&r->term, &r->line);
}

static void end_line(struct run *r, struct span bytes)
{
	if (r->options->hex && bytes.len > 0) {
		text_puts(&r->line, "  [");
		text_hex(&r->line, bytes, ' ');
		text_putc(&r->line, ']');
	}
	term_line(&r->term, &r->line);
}

static void print_row(struct run *r, const struct event *e, const struct tree_row *row)
{
	text_puts(&r->line, "    ");
	text_add(&r->line, row->text);
	if (!end_rebuilt(r, e, row->at, row->n))
		end_line(r, row->octets);
}

void decode_tree(struct run *r, const struct event *e)
{
	struct message_tree tree;

	arena_reset(r->scratch);
	tree = message_tree(r->scratch, e, r->options->show_secrets);
	for (size_t i = 0; i < tree.n; i++)
		print_row(r, e, &tree.rows[i]);
	if (e->rebuilt != NULL)
		print_rebuilt(r, e);
}

#include "pcapng_write.h"

#include <stdlib.h>

#include <pcap/dlt.h>

#include "limits.h"
#include "linktype.h"

enum { SECTION = 0x0a0d0d0a, INTERFACE = 1, PACKET = 6, BYTE_ORDER_MAGIC = 0x1a2b3c4d };
enum { FRAME = 12, OPTION_HEAD = 4 };
enum {
	OPT_END = 0,
	OPT_COMMENT = 1,
	OPT_NAME = 2,        /* if_name, epb_flags */
	OPT_DESCRIPTION = 3, /* if_description */
	OPT_APPLICATION = 4, /* shb_userappl */
	OPT_RESOLUTION = 9,  /* if_tsresol */
	COMMENT_MOST = 32768,
};

static size_t padded(size_t n)
{
	return (n + 3) / 4 * 4;
}

static void u8(FILE *f, uint8_t value)
{
	putc(value, f);
}

static void u16(FILE *f, uint16_t value)
{
	u8(f, (uint8_t)value);
	u8(f, (uint8_t)(value >> 8));
}

static void u32(FILE *f, uint32_t value)
{
	u16(f, (uint16_t)value);
	u16(f, (uint16_t)(value >> 16));
}

static void octets(FILE *f, const void *at, size_t n)
{
	if (n > 0)
		(void)fwrite(at, 1, n, f);
	for (size_t i = n; i < padded(n); i++)
		u8(f, 0);
}

static size_t option_room(size_t n)
{
	return n > 0 ? OPTION_HEAD + padded(n) : 0;
}

static void option(FILE *f, uint16_t code, const void *at, size_t n)
{
	if (n == 0)
		return;
	u16(f, code);
	u16(f, (uint16_t)n);
	octets(f, at, n);
}

static void options_end(FILE *f)
{
	u16(f, OPT_END);
	u16(f, 0);
}

static void block_head(FILE *f, uint32_t type, size_t length)
{
	u32(f, type);
	u32(f, (uint32_t)length);
}

void pcapng_start(struct pcapng_writer *w, FILE *out, const char *application)
{
	size_t n = strlen(application);
	size_t length = FRAME + 16 + option_room(n) + OPTION_HEAD;

	*w = (struct pcapng_writer){.out = out};
	block_head(out, SECTION, length);
	u32(out, BYTE_ORDER_MAGIC);
	u16(out, 1);
	u16(out, 0);
	u32(out, UINT32_MAX); /* the length of the section is not said */
	u32(out, UINT32_MAX);
	option(out, OPT_APPLICATION, application, n);
	options_end(out);
	u32(out, (uint32_t)length);
}

/* What a person will read: escaped, for a terminal may be where. */
static struct text readable(struct str s)
{
	struct text t = text_make(COMMENT_MOST);

	text_escape_lines(&t, s);
	return t;
}

/* What times can be written in: nanoseconds of the finest of 10^-9, 10^-6 and 10^-3 s that holds
 * `grain_ns`. */
static int64_t pcapng_grain(int64_t grain_ns)
{
	if (grain_ns >= 1000000 && grain_ns % 1000000 == 0)
		return 1000000;
	return grain_ns >= 1000 && grain_ns % 1000 == 0 ? 1000 : 1;
}

uint32_t pcapng_add_interface(struct pcapng_writer *w, uint16_t linktype, int64_t grain,
			      struct str name, struct str about)
{
	const uint8_t resolution = grain == 1000000 ? 3 : grain == 1000 ? 6 : 9;
	struct text called = readable(name), described = readable(about);
	size_t length = FRAME + 8 + option_room(called.len) + option_room(described.len) +
			option_room(1) + OPTION_HEAD;

	block_head(w->out, INTERFACE, length);
	u16(w->out, linktype);
	u16(w->out, 0);
	u32(w->out, LIMIT_PACKET);
	option(w->out, OPT_NAME, called.at, called.len);
	option(w->out, OPT_DESCRIPTION, described.at, described.len);
	option(w->out, OPT_RESOLUTION, &resolution, 1);
	options_end(w->out);
	u32(w->out, (uint32_t)length);
	text_free(&called);
	text_free(&described);
	return w->interfaces++;
}

void pcapng_write(struct pcapng_writer *w, const struct pcapng_packet *p)
{
	uint64_t stamp = p->ns > 0 ? (uint64_t)(p->ns / p->grain) : 0;
	const uint8_t flags[4] = {(uint8_t)p->way, 0, 0, 0};
	size_t n_flags = p->way == WAY_UNKNOWN ? 0 : sizeof(flags);
	struct text comment = readable(p->comment);
	size_t of_options = option_room(comment.len) + option_room(n_flags);
	size_t length = FRAME + 20 + padded(p->octets.len) + of_options;

	if (of_options > 0)
		length += OPTION_HEAD;
	block_head(w->out, PACKET, length);
	u32(w->out, p->interface);
	u32(w->out, (uint32_t)(stamp >> 32));
	u32(w->out, (uint32_t)stamp);
	u32(w->out, (uint32_t)p->octets.len);
	u32(w->out, p->original);
	octets(w->out, p->octets.at, p->octets.len);
	option(w->out, OPT_COMMENT, comment.at, comment.len);
	option(w->out, OPT_NAME, flags, n_flags);
	if (of_options > 0)
		options_end(w->out);
	u32(w->out, (uint32_t)length);
	text_free(&comment);
}

/* ---- frames that are copied ---- */

/* `out` is its number in the file that is written. */
struct pcapng_interface {
	int dlt;
	uint32_t in, out;
	int64_t grain;
};

/* LINKTYPE_ numbers are DLT_ numbers, but for raw IP. */
static uint16_t linktype_of(int dlt)
{
	return dlt == DLT_RAW ? LINKTYPE_RAW : (uint16_t)dlt;
}

static const struct pcapng_interface *interface_of(struct pcapng_writer *w,
						   struct pcapng_interfaces *all,
						   const struct frame *f, struct str about)
{
	int64_t grain = pcapng_grain(f->when.grain_ns);
	struct pcapng_interface *i;

	for (size_t k = 0; k < all->n; k++)
		if (all->at[k].in == f->interface && all->at[k].dlt == f->dlt &&
		    all->at[k].grain == grain)
			return &all->at[k];
	all->at = must_grow(all->at, all->n + 1, sizeof(*all->at));
	i = &all->at[all->n++];
	*i = (struct pcapng_interface){.dlt = f->dlt, .in = f->interface, .grain = grain};
	i->out = pcapng_add_interface(w, linktype_of(f->dlt), grain, f->interface_name, about);
	return i;
}

bool pcapng_copy(struct pcapng_writer *w, struct pcapng_interfaces *interfaces,
		 const struct frame *f, struct str about)
{
	const struct pcapng_interface *i;

	if (f->dlt < 0 || f->dlt >= LINK_UDP)
		return false;
	i = interface_of(w, interfaces, f, about);
	pcapng_write(w, &(struct pcapng_packet){
				.interface = i->out,
				.grain = i->grain,
				.ns = moment_known(f->when) ? f->when.ns : 0,
				.octets = f->octets,
				.original = f->original,
				.comment = f->comment,
			});
	return true;
}

void pcapng_interfaces_free(struct pcapng_interfaces *interfaces)
{
	free(interfaces->at);
	*interfaces = (struct pcapng_interfaces){0};
}

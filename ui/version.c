/* Which libraries the program runs with, asked of them: a report of a fault begins with this. */
#include <jansson.h>
#include <nettle/version.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "bundle.h"
#include "help.h"
#include "pcap_file.h"
#include "picture.h"
#include "sandbox.h"
#include "store.h"
#include "tui_term.h"
#include "unpack.h"

enum { VERSION_ROOM = 64 };

static void library(struct text *t, const char *name, const char *version)
{
	text_printf(t, "  %-12s%s\n", name, version);
}

/* `libpcap version 1.10.3 (with TPACKET_V3)`, `libarchive 3.6.2`: what follows the name. */
static const char *number_in(const char *words)
{
	size_t name = strcspn(words, "0123456789");

	return words[name] == '\0' ? words : words + name;
}

static void version_pcre2(struct text *t)
{
	char version[VERSION_ROOM] = "";

	if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) <= VERSION_ROOM)
		pcre2_config(PCRE2_CONFIG_VERSION, version);
	library(t, "pcre2", version);
}

static void version_nettle(struct text *t)
{
	struct text version = text_make(VERSION_ROOM);

	text_printf(&version, "%d.%d", nettle_version_major(), nettle_version_minor());
	library(t, "nettle", version.at);
	text_free(&version);
}

/* Those that are loaded when they are needed may be missing. */
static void version_lazy(struct text *t)
{
	struct text why = text_make(VERSION_ROOM);
	const char *archive = bundle_library_version(&why);
	const char *cairo = "-", *pango = "-", *sqlite;

	picture_library_versions(&cairo, &pango, &why);
	library(t, "libarchive", archive ? number_in(archive) : "-");
	library(t, "cairo", cairo);
	library(t, "pango", pango);
	sqlite = store_library_version(&why);
	library(t, "SQLite", sqlite ? sqlite : "-");
	text_free(&why);
}

/* Loaded when it is needed, and may be missing. */
static void version_of(struct text *t, const char *name, const char *(*get)(struct text *why_not))
{
	struct text why = text_make(VERSION_ROOM);
	const char *version = get(&why);

	library(t, name, version ? number_in(version) : "-");
	text_free(&why);
}

void version_print(struct text *t)
{
	text_puts(t, "l2tpscope " L2TPSCOPE_VERSION "\nwith\n");
	version_of(t, "libpcap", pcap_library_version);
	version_pcre2(t);
	library(t, "jansson", jansson_version_str());
	version_nettle(t);
	version_of(t, "zlib", gzip_library_version);
	version_of(t, "liblzma", xz_library_version);
	version_of(t, "zstd", zstd_library_version);
	version_of(t, "ncurses", tui_library_version);
	version_lazy(t);
	text_puts(t, "  sandbox     ");
	sandbox_print(t);
	text_putc(t, '\n');
}

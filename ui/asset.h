/* Files that are part of the program: made of them when it is built (embed.cmake). */
#ifndef L2TPSCOPE_ASSET_H
#define L2TPSCOPE_ASSET_H

#include <stddef.h>

struct asset {
	const unsigned char *at;
	size_t len;
};

extern const struct asset asset_report_html, asset_report_css, asset_report_js;

#endif

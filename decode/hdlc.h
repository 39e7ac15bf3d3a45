/* PPP in HDLC-like framing (RFC 1662): byte stuffing and the frame check sequence. */
#ifndef L2TPSCOPE_HDLC_H
#define L2TPSCOPE_HDLC_H

#include "arena.h"
#include "defect.h"

/* Whether the frames of a capture carry their check sequence is not said anywhere: most do
 * not. It is learned: they do when more of them end in a right one than not. */
struct hdlc_memory {
	uint64_t right, wrong;
};

/* A frame without its flags. Gives it without stuffing (in `a`, when there was any) and without
 * check sequence. A wrong one is a defect where frames have one: `has_flags`, between two
 * flags, they always do. What the capture cut is taken as it is. */
struct span hdlc_open(struct arena *a, struct span frame, bool has_flags, bool is_cut,
		      struct hdlc_memory *memory, struct defect_list *defects);

uint16_t hdlc_fcs16(struct span octets); /* as sent: complemented; RFC 1662 C.2 */

#endif

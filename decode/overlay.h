/* What is bridged in UDP: VXLAN, Geneve and TZSP, told by the port they are sent to. */
#ifndef L2TPSCOPE_OVERLAY_H
#define L2TPSCOPE_OVERLAY_H

#include "bytes.h"

/* Opens `payload` of UDP to `port`: what is inside, behind an EtherType (link_decode_type()).
 * False: it is no such packet, is no data, or is cut within its header. The network's id (VNI) is
 * not kept: the two directions of a connection may travel in two of them. */
bool overlay_open(uint16_t port, struct span payload, uint16_t *type, struct span *inside);

#endif

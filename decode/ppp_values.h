/* PPP packets, and the parts of them that RADIUS carries as well, as named values; inside
 * decode/. */
#ifndef L2TPSCOPE_PPP_VALUES_H
#define L2TPSCOPE_PPP_VALUES_H

#include "event.h"

/* Success `S=… M=…` (RFC 2759 5), failure `E=691 R=1 C=… V=3 M=…` (RFC 2433 6, RFC 2759 6). */
void mschap_text_values(struct value_list *list, struct span text);

/* The 49 octets of a Response (RFC 2433 4, RFC 2759 4); which of both is told by the reserved
 * octets, unless `algorithm` (CHAP_MS, CHAP_MSV2) says it. 0 unknown. */
void mschap_response_values(struct value_list *list, uint8_t algorithm, struct span response);

/* RFC 2433 9 and 10, RFC 2759 7: `code` 5 to 7, `body` behind the CHAP header. */
void mschap_password_values(struct value_list *list, uint8_t code, struct span body);

/* All of these, of one decoded PPP packet. */
void ppp_values_add(struct value_list *list, const struct ppp *p);

/* Behind the header of an EAP packet (RFC 3748 4). */
void eap_values(struct value_list *list, uint8_t code, struct span body);

#endif

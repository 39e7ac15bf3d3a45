#include "avp_print.h"
#include "code.h"
#include "l2tpv3.h"

static void tell_type(struct value_list *list, uint16_t type)
{
	uint8_t octets[2] = {(uint8_t)(type >> 8), (uint8_t)type};
	struct value *v = value_hex(list, "eth.type", "Type",
				    arena_span(list->arena, span_of(octets, sizeof(octets))));

	v->meaning = code_name(CODE_ETHERTYPE, type);
}

/* What the header of a payload says, by name, for the tree and JSON. */
void l2tpv3_values(struct arena *a, struct event *e, struct span cookie, struct span sublayer)
{
	struct value_list list = {.arena = a};
	const struct l2tp_head *head = &e->l2tp;
	struct value *v;

	if (head->pw_type) {
		v = value_number(&list, "l2tp.avp.pseudowire_type", "Pseudowire Type",
				 (struct span){0}, head->pw_type);
		v->meaning = code_name(CODE_PW_TYPE, head->pw_type);
	}
	if (head->has_layout && cookie.len)
		value_octets(&list, "l2tp.cookie", "Cookie", cookie);
	if (head->has_layout && head->sublayer) {
		v = value_number(&list, "", "L2-Specific Sublayer", sublayer, head->sublayer);
		v->meaning = avp_value_name(AVP_N_L2_SPECIFIC_SUBLAYER, head->sublayer);
	}
	if (head->has_data_sequence) {
		v = value_number(&list, "l2tp.l2_spec_sequence", "Sequence Number", sublayer,
				 head->data_sequence);
		v->tells = true;
	}
	if (e->data.ethertype)
		tell_type(&list, e->data.ethertype);
	if (head->is_inferred) {
		v = value_add(&list, "", "layout inferred", VALUE_TRUTH, (struct span){0});
		v->number = 1;
		v->tells = true;
	}
	e->values = list.at;
	e->n_values = list.n;
}

#include "repair.h"

#include <stdlib.h>

#include "code.h"

/* How far, in records, the other packets of one negotiation are looked for. */
enum { NEGOTIATION = 512 };

bool is_one_less(struct str damaged, struct str whole)
{
	size_t i = 0;

	if (damaged.len + 1 != whole.len)
		return false;
	while (i < damaged.len && (damaged.at[i] | 32) == (whole.at[i] | 32))
		i++;
	return str_equal_nocase(str_from(damaged, i), str_from(whole, i + 1));
}

/* One character for each confusion class. */
static char class_of(char c)
{
	switch (c) {
	case 'l':
	case 'I':
	case '|':
		return '1';
	case 'O':
	case 'o':
		return '0';
	case 'Q':
		return 'P';
	default:
		return c;
	}
}

bool is_confused(struct str a, struct str b)
{
	if (a.len != b.len || str_equal(a, b))
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (class_of(a.at[i]) != class_of(b.at[i]))
			return false;
	return true;
}

static bool is_known_damage(const struct log_record *r, struct str was, struct str should_be,
			    uint64_t line)
{
	for (size_t i = 0; i < r->n_defects; i++) {
		const struct defect *d = &r->defects[i];

		if (d->id == DEFECT_INPUT_DAMAGED && d->line == line && str_equal(d->was, was) &&
		    str_equal(d->should_be, should_be))
			return true;
	}
	return false;
}

void record_damaged_at(struct window *w, size_t i, const struct defect *place)
{
	struct log_record *r = &w->records[i];
	struct defect *copy, *d;

	if (is_known_damage(r, place->was, place->should_be, place->line))
		return;
	copy = arena_array(w->arena, r->n_defects + 1, sizeof(*copy));
	if (!copy)
		return;
	if (r->n_defects)
		memcpy(copy, r->defects, r->n_defects * sizeof(*copy));
	d = &copy[r->n_defects++];
	*d = (struct defect){.id = DEFECT_INPUT_DAMAGED,
			     .line = place->line,
			     .column = place->column,
			     .record = r->origin.line,
			     .was = arena_str(w->arena, place->was),
			     .should_be = arena_str(w->arena, place->should_be),
			     .proof = arena_str(w->arena, place->proof)};
	r->defects = copy;
}

void record_damaged(struct window *w, size_t i, struct str was, struct str should_be,
		    struct str proof)
{
	const struct origin *o = &w->records[i].origin;
	struct defect place = {.line = o->line,
			       .column = o->column,
			       .was = was,
			       .should_be = should_be,
			       .proof = proof};

	record_damaged_at(w, i, &place);
}

static void text_replace(struct window *w, struct log_record *r, struct str was, struct str now)
{
	size_t at = str_find(r->text, was);
	struct text t;

	if (at == SIZE_MAX || !was.len)
		return;
	t = text_make(LIMIT_RECORD);
	text_add(&t, (struct str){.at = r->text.at, .len = at});
	text_add(&t, now);
	text_add(&t, str_from(r->text, at + was.len));
	r->text = arena_str(w->arena, text_str(&t));
	text_free(&t);
}

void record_repair(struct window *w, size_t i, enum log_field field, struct str should_be,
		   struct str proof)
{
	struct log_record *r = &w->records[i];

	for (size_t k = 0; k < r->n_values; k++) {
		struct str was = r->values[k].text;

		if (r->values[k].field != field)
			continue;
		record_damaged(w, i, was, should_be, proof);
		text_replace(w, r, was, should_be);
		r->values[k].text = arena_str(w->arena, should_be);
		str_u64(r->values[k].text, &r->values[k].number);
		return;
	}
}

/* ---- names ---- */

struct spelling {
	uint64_t class_hash;
	struct str text;
	uint32_t record, value;
};

static bool is_name_field(const struct log_record *r, uint16_t field)
{
	switch (field) {
	case FIELD_INTERFACE:
	case FIELD_NAME:
	case FIELD_USER:
	case FIELD_ADDRESS:
	case FIELD_ADDRESS2:
	case FIELD_NUMBER:
	case FIELD_DOMAIN:
	case FIELD_HOST:
		return true;
	case FIELD_VALUE:
		return r->kind == RECORD_AVP_VALUE || (r->row && r->row->topic == SAID_AAA_VALUE);
	default:
		return false;
	}
}

static uint64_t class_hash(struct str s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.len; i++) {
		h ^= (uint8_t)class_of(s.at[i]);
		h *= UINT64_C(1099511628211);
	}
	return h;
}

static int spelling_compare(const void *a, const void *b)
{
	const struct spelling *x = a, *y = b;
	int order;

	if (x->class_hash != y->class_hash)
		return x->class_hash < y->class_hash ? -1 : 1;
	order = str_compare(x->text, y->text);
	if (order)
		return order;
	if (x->record != y->record)
		return x->record < y->record ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

static size_t same_text(const struct spelling *s, size_t n, size_t from)
{
	size_t i = from;

	while (i < n && str_equal(s[i].text, s[from].text))
		i++;
	return i - from;
}

static void repair_spelling(struct window *w, const struct spelling *odd, struct str right,
			    size_t times)
{
	const struct said_value *v = &w->records[odd->record].values[odd->value];

	if (!is_confused(v->text, right))
		return;
	record_repair(w, odd->record, (enum log_field)v->field, right,
		      arena_printf(w->arena, "spelled so %zu times elsewhere", times));
}

/* One class: `n` spellings sorted by text. A single odd one among several equal ones is
 * damage; two names that both stand there more often are two names. */
static void repair_class(struct window *w, const struct spelling *s, size_t n)
{
	size_t best = 0, best_n = 0;

	for (size_t i = 0; i < n; i += same_text(s, n, i)) {
		size_t count = same_text(s, n, i);

		if (count > best_n) {
			best = i;
			best_n = count;
		}
	}
	if (best_n < 2)
		return;
	for (size_t i = 0; i < n; i += same_text(s, n, i))
		if (i != best && same_text(s, n, i) == 1)
			repair_spelling(w, &s[i], s[best].text, best_n);
}

void repair_names(struct window *w)
{
	struct spelling *all;
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += w->records[i].n_values;
	all = must_alloc(n ? n : 1, sizeof(*all));
	n = 0;
	for (size_t i = 0; i < w->n; i++) {
		const struct log_record *r = &w->records[i];

		for (size_t k = 0; k < r->n_values; k++) {
			struct str s = r->values[k].text;

			if (s.len < 3 || s.len > LIMIT_NAME ||
			    !is_name_field(r, r->values[k].field))
				continue;
			all[n++] = (struct spelling){.class_hash = class_hash(s),
						     .text = s,
						     .record = (uint32_t)i,
						     .value = (uint32_t)k};
		}
	}
	qsort(all, n, sizeof(*all), spelling_compare);
	for (size_t i = 0; i < n;) {
		size_t end = i;

		while (end < n && all[end].class_hash == all[i].class_hash)
			end++;
		repair_class(w, all + i, end - i);
		i = end;
	}
	free(all);
}

/* ---- CONFREQ that was something else ---- */

/* A Configure packet with its options, for comparison. */
struct confpacket {
	size_t at;
	uint8_t code;
	uint64_t id;
	enum sense sense;
	const struct ppp_tlv *tlvs;
	size_t n;
};

static bool confpacket_read(const struct window *w, size_t i, struct confpacket *ret)
{
	const struct log_record *r = &w->records[i];

	if (r->kind != RECORD_PPP_PACKET || !record_number(r, FIELD_ID, &ret->id) ||
	    !record_sense(r, &ret->sense))
		return false;
	ret->at = i;
	ret->code = ppp_code_of(ppp_protocol_of(record_text(r, FIELD_PROTOCOL)),
				record_text(r, FIELD_MESSAGE));
	if (ret->code < CP_CONFREQ || ret->code > CP_CONFREJ)
		return false;
	ret->n = 0;
	if (w->group[i]) {
		ret->tlvs = w->groups[w->group[i]].tlvs;
		ret->n = w->groups[w->group[i]].n_tlvs;
	}
	for (size_t k = 0; k < ret->n; k++)
		if (!ret->tlvs[k].is_whole)
			return false;
	return true;
}

static bool is_same_link(const struct window *w, size_t a, size_t b)
{
	const struct log_record *x = &w->records[a], *y = &w->records[b];

	return w->console[a] == w->console[b] &&
	       str_equal(record_text(x, FIELD_INTERFACE), record_text(y, FIELD_INTERFACE)) &&
	       str_equal(record_text(x, FIELD_PROTOCOL), record_text(y, FIELD_PROTOCOL));
}

static bool holds(const struct confpacket *p, const struct ppp_tlv *tlv)
{
	for (size_t i = 0; i < p->n; i++)
		if (span_equal(p->tlvs[i].octets, tlv->octets))
			return true;
	return false;
}

/* True when `next` asks for exactly what `request` asked without what `rejected` names. */
static bool is_rest(const struct confpacket *next, const struct confpacket *request,
		    const struct confpacket *rejected)
{
	size_t n = 0;

	for (size_t i = 0; i < request->n; i++) {
		if (holds(rejected, &request->tlvs[i]))
			continue;
		if (n >= next->n || !span_equal(next->tlvs[n].octets, request->tlvs[i].octets))
			return false;
		n++;
	}
	return n == next->n;
}

static bool is_subset(const struct confpacket *part, const struct confpacket *whole)
{
	for (size_t i = 0; i < part->n; i++)
		if (!holds(whole, &part->tlvs[i]))
			return false;
	return true;
}

/* The last request of the other side before `p`. */
static bool request_before(const struct window *w, const struct confpacket *p,
			   struct confpacket *ret)
{
	for (size_t i = p->at; i-- > 0 && p->at - i <= NEGOTIATION;)
		if (is_same_link(w, i, p->at) && confpacket_read(w, i, ret) &&
		    ret->sense != p->sense && ret->code == CP_CONFREQ)
			return true;
	return false;
}

/* What the other side sends after `p`: false when it answers `p` as a request, or never
 * asks again. */
static bool request_after(const struct window *w, const struct confpacket *p,
			  struct confpacket *ret)
{
	for (size_t i = p->at + 1; i < w->n && i - p->at <= NEGOTIATION; i++) {
		if (!is_same_link(w, i, p->at) || !confpacket_read(w, i, ret) ||
		    ret->sense == p->sense)
			continue;
		if (ret->code == CP_CONFREQ)
			return true;
		if (ret->id == p->id)
			return false;
	}
	return false;
}

/* RFC 1661 5.4: a Configure-Reject repeats the id and, unchanged, the options it refuses; the
 * next request leaves them out. A CONFREQ of which all that is true was none. */
static void repair_confreq(struct window *w, size_t i)
{
	struct confpacket p, request, next;

	if (!confpacket_read(w, i, &p) || p.code != CP_CONFREQ || p.n == 0)
		return;
	if (w->records[i].row && (w->records[i].row->flags & ROW_VIRTUAL))
		return;
	if (!request_before(w, &p, &request) || request.id != p.id || p.n >= request.n ||
	    !is_subset(&p, &request))
		return;
	if (!request_after(w, &p, &next) || next.id == p.id || !is_rest(&next, &request, &p))
		return;
	record_repair(w, i, FIELD_MESSAGE, STR("CONFREJ"),
		      arena_printf(w->arena,
				   "it repeats id %u and options of the other side's request in "
				   "line %llu, is never answered, and the next request (line %llu) "
				   "leaves exactly them out",
				   (unsigned)p.id,
				   (unsigned long long)w->records[request.at].origin.line,
				   (unsigned long long)w->records[next.at].origin.line));
}

void repair_messages(struct window *w)
{
	for (uint32_t g = 1; g < w->n_groups; g++) {
		if (w->groups[g].kind == GROUP_MESSAGE)
			message_read(w, g);
		else
			ppp_group_read(w, g);
	}
	repair_dumps(w);
	for (uint32_t g = 1; g < w->n_groups; g++)
		if (w->groups[g].kind == GROUP_MESSAGE)
			message_check(w, g);
	repair_options(w);
	for (size_t i = 0; i < w->n; i++) {
		if (w->records[i].kind == RECORD_PPP_PACKET)
			repair_confreq(w, i);
		else if (w->records[i].kind == RECORD_SAID)
			message_said(w, i);
	}
	repair_values(w);
}

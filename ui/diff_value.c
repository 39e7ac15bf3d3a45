#include "diff_value.h"

#include "avp.h"
#include "code.h"
#include "limits.h"

enum nature {
	NATURE_PLAIN,
	NATURE_DIFFERS, /* in any two calls */
	NATURE_WHO,     /* by who they are */
	NATURE_GIVEN,   /* whether there is one tells, which does not: 0.0.0.0 against an address */
	NATURE_OPTIONS, /* a list of LCP options, each of its own nature */
};

/* Attributes. What stands in no row is compared. */
static const struct {
	uint32_t number; /* enum avp_number */
	enum nature nature;
} avp_natures[] = {
	{AVP_N_ASSIGNED_TUNNEL_ID, NATURE_DIFFERS},
	{AVP_N_ASSIGNED_SESSION_ID, NATURE_DIFFERS},
	{AVP_N_CALL_SERIAL_NUMBER, NATURE_DIFFERS},
	{AVP_N_CHALLENGE, NATURE_DIFFERS},
	{AVP_N_CHALLENGE_RESPONSE, NATURE_DIFFERS},
	{AVP_N_RANDOM_VECTOR, NATURE_DIFFERS},
	{AVP_N_TIE_BREAKER, NATURE_DIFFERS},
	{AVP_N_PHYSICAL_CHANNEL_ID, NATURE_DIFFERS},
	{AVP_N_PROXY_AUTHEN_CHALLENGE, NATURE_DIFFERS},
	{AVP_N_PROXY_AUTHEN_ID, NATURE_DIFFERS},
	{AVP_N_PROXY_AUTHEN_RESPONSE, NATURE_DIFFERS},
	{AVP_N_CALL_ERRORS, NATURE_DIFFERS},
	{AVP_N_MESSAGE_DIGEST, NATURE_DIFFERS},
	{AVP_N_ASSIGNED_CONNECTION_ID, NATURE_DIFFERS},
	{AVP_N_LOCAL_SESSION_ID, NATURE_DIFFERS},
	{AVP_N_REMOTE_SESSION_ID, NATURE_DIFFERS},
	{AVP_N_ASSIGNED_COOKIE, NATURE_DIFFERS},
	{AVP_N_NONCE, NATURE_DIFFERS},
	{AVP_N_CISCO_ASSIGNED_CONNECTION_ID, NATURE_DIFFERS},
	{AVP_N_CISCO_LOCAL_SESSION_ID, NATURE_DIFFERS},
	{AVP_N_CISCO_REMOTE_SESSION_ID, NATURE_DIFFERS},
	{AVP_N_CISCO_ASSIGNED_COOKIE, NATURE_DIFFERS},
	{AVP_N_HOST_NAME, NATURE_WHO},
	{AVP_N_VENDOR_NAME, NATURE_WHO},
	{AVP_N_FIRMWARE_REVISION, NATURE_WHO},
	{AVP_N_CALLING_NUMBER, NATURE_WHO},
	{AVP_N_CALLED_NUMBER, NATURE_WHO},
	{AVP_N_SUB_ADDRESS, NATURE_WHO},
	{AVP_N_TX_CONNECT_SPEED, NATURE_WHO},
	{AVP_N_RX_CONNECT_SPEED, NATURE_WHO},
	{AVP_N_PROXY_AUTHEN_NAME, NATURE_WHO},
	{AVP_N_ROUTER_ID, NATURE_WHO},
	{AVP_N_REMOTE_END_ID, NATURE_WHO},
	{AVP_N_INITIAL_LCP_CONFREQ, NATURE_OPTIONS},
	{AVP_N_LAST_SENT_LCP_CONFREQ, NATURE_OPTIONS},
	{AVP_N_LAST_RECEIVED_LCP_CONFREQ, NATURE_OPTIONS},
	{AVP_N_LNS_LAST_SENT_LCP_CONFREQ, NATURE_OPTIONS},
	{AVP_N_LNS_LAST_RECEIVED_LCP_CONFREQ, NATURE_OPTIONS},
};

static const struct {
	uint16_t protocol;
	uint8_t number;
	enum nature nature;
} option_natures[] = {
	{PPP_LCP, 5, NATURE_DIFFERS},  /* Magic-Number */
	{PPP_LCP, 19, NATURE_WHO},     /* Endpoint Discriminator */
	{PPP_LCP, 23, NATURE_DIFFERS}, /* Link Discriminator */
	{PPP_IPCP, 3, NATURE_GIVEN},   /* IP-Address */
	{PPP_IPV6CP, 1, NATURE_GIVEN}, /* Interface-Identifier */
};

/* What RADIUS and PPPoE say of a refusal; the rest of them is about who it is. */
static const char *const telling_names[] = {"Reply-Message", "Service-Name-Error",
					    "AC-System-Error", "Generic-Error"};

/* Keys beside the numbers of attributes and options. */
enum { KEY_NAME = 0x100, KEY_MESSAGE, KEY_REJECTED, KEY_VALUES = 0x200 };

enum { ITEMS = 96 };

struct item {
	uint32_t key;
	enum nature nature;
	struct str name, value;
	bool is_known; /* all of the value */
	bool is_zero;
	bool is_matched;
};

struct items {
	struct arena *arena;
	bool show_secrets;
	bool is_complete; /* what is not here was not there */
	struct item at[ITEMS];
	size_t n;
};

static struct item *item_add(struct items *list, uint32_t key, enum nature nature)
{
	if (list->n == ITEMS) {
		list->is_complete = false;
		return NULL;
	}
	list->at[list->n] = (struct item){.key = key, .nature = nature};
	return &list->at[list->n++];
}

static struct str take(struct items *list, struct text *t)
{
	struct str s = arena_str(list->arena, text_str(t));

	text_free(t);
	return s;
}

static bool is_zero(struct span value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] != 0)
			return false;
	}
	return true;
}

static enum nature nature_of_option(uint16_t protocol, uint8_t number)
{
	for (size_t i = 0; i < sizeof(option_natures) / sizeof(option_natures[0]); i++) {
		if (option_natures[i].protocol == protocol && option_natures[i].number == number)
			return option_natures[i].nature;
	}
	return NATURE_PLAIN;
}

static void put_option(struct text *t, const struct ppp_option *o)
{
	size_t start = t->len;

	option_print_value(t, o);
	while (t->len > start && t->at[t->len - 1] == ' ')
		t->at[--t->len] = '\0';
}

/* The options in an attribute of the LAC, without what differs in any two calls. */
static struct str options_text(struct items *list, struct span value)
{
	struct defect_list none = {.arena = list->arena};
	struct text t = text_make(LIMIT_RECORD);
	struct ppp_option *options;
	size_t n;

	option_parse(list->arena, PPP_LCP, value, 0, &options, &n, &none);
	for (size_t i = 0; i < n; i++) {
		if (nature_of_option(PPP_LCP, options[i].number) != NATURE_PLAIN)
			continue;
		text_puts(&t, t.len == 0 ? "" : ", ");
		text_printf(&t, "%s ", options[i].row == NULL ? "option" : options[i].row->name);
		put_option(&t, &options[i]);
	}
	return take(list, &t);
}

static enum nature nature_of_avp(const struct avp *a)
{
	uint32_t key = (uint32_t)a->vendor << 16 | a->number;

	for (size_t i = 0; i < sizeof(avp_natures) / sizeof(avp_natures[0]); i++) {
		if (avp_natures[i].number == key)
			return avp_natures[i].nature;
	}
	return NATURE_PLAIN;
}

static void add_avp(struct items *list, const struct event *e, const struct avp *a)
{
	enum nature nature = nature_of_avp(a);
	struct avp_context in = control_context(&e->control);
	struct text name = text_make(256);
	struct text value = text_make(LIMIT_RECORD);
	struct item *item;

	if (a->vendor == 0 && a->number == AVP_N_MESSAGE_TYPE)
		return;
	item = item_add(list, (uint32_t)a->vendor << 16 | a->number, nature);
	if (item == NULL)
		return;
	avp_print_name(&name, a);
	item->name = take(list, &name);
	item->is_known = a->is_whole && !(a->is_hidden && !a->is_unhidden);
	if (nature == NATURE_OPTIONS) {
		text_free(&value);
		item->value = options_text(list, a->value);
		return;
	}
	avp_print_value(&value, a, &in, list->show_secrets);
	item->value = take(list, &value);
}

static void add_option(struct items *list, uint16_t protocol, const struct ppp_option *o)
{
	struct item *item = item_add(list, o->number, nature_of_option(protocol, o->number));
	struct text value = text_make(LIMIT_RECORD);

	if (item == NULL)
		return;
	item->name = o->row != NULL ? str_of(o->row->name)
				    : arena_printf(list->arena, "option %u", o->number);
	item->is_known = o->is_whole;
	item->is_zero = is_zero(o->value);
	put_option(&value, o);
	item->value = take(list, &value);
}

static void add_text(struct items *list, uint32_t key, enum nature nature, const char *name,
		     struct str untrusted)
{
	struct item *item = untrusted.len == 0 ? NULL : item_add(list, key, nature);
	struct text value = text_make(LIMIT_RECORD);

	if (item == NULL)
		return;
	text_escape(&value, untrusted);
	item->name = str_of(name);
	item->is_known = true;
	item->value = take(list, &value);
}

/* Success tells a user something about himself; of MS-CHAP's failure the challenge is new each
 * time: `E=691 R=1 C=… V=3` (RFC 2759 6). */
static void add_message(struct items *list, const struct ppp *p)
{
	bool is_success = (p->protocol == PPP_CHAP && p->code == CHAP_SUCCESS) ||
			  (p->protocol == PPP_PAP && p->code == PAP_ACK);
	struct str message = p->message;
	size_t challenge = str_starts(message, "E=") ? str_find(message, STR(" C=")) : SIZE_MAX;

	if (challenge != SIZE_MAX)
		message.len = challenge;
	add_text(list, KEY_MESSAGE, is_success ? NATURE_DIFFERS : NATURE_PLAIN, "message", message);
}

static bool is_telling(const struct event *e, const struct value *v)
{
	if (e->kind == EVENT_PPP)
		return v->kind == VALUE_NUMBER;
	for (size_t i = 0; i < sizeof(telling_names) / sizeof(telling_names[0]); i++) {
		if (strcmp(v->name, telling_names[i]) == 0)
			return true;
	}
	return false;
}

static void add_values(struct items *list, const struct event *e)
{
	for (size_t i = 0; i < e->n_values; i++) {
		const struct value *v = &e->values[i];
		struct text value = text_make(LIMIT_RECORD);
		struct item *item = NULL;

		if (v->tells && !v->is_secret && is_telling(e, v))
			item = item_add(list, KEY_VALUES, NATURE_PLAIN);
		if (item == NULL)
			continue;
		item->name = str_of(v->name);
		item->is_known = true;
		value_print(&value, v, false);
		item->value = take(list, &value);
	}
}

static void items_of(struct items *list, const struct event *e)
{
	if (e->kind == EVENT_CONTROL) {
		list->is_complete = e->control.is_complete;
		for (size_t i = 0; i < e->control.n_avps; i++)
			add_avp(list, e, &e->control.avps[i]);
		return;
	}
	if (e->kind == EVENT_PPP) {
		list->is_complete = e->ppp.is_complete;
		for (size_t i = 0; i < e->ppp.n_options; i++)
			add_option(list, e->ppp.protocol, &e->ppp.options[i]);
		add_text(list, KEY_NAME, NATURE_WHO, "name", e->ppp.name);
		add_message(list, &e->ppp);
		if (e->ppp.rejected_protocol != 0)
			add_text(list, KEY_REJECTED, NATURE_PLAIN, "rejected protocol",
				 str_of(code_name(CODE_PPP_PROTOCOL, e->ppp.rejected_protocol)));
	}
	add_values(list, e);
}

/* ---- two lists ---- */

static struct item *partner(struct items *list, const struct item *of)
{
	for (size_t i = 0; i < list->n; i++) {
		struct item *item = &list->at[i];

		if (!item->is_matched && item->key == of->key && str_equal(item->name, of->name))
			return item;
	}
	return NULL;
}

static bool differ(const struct item *a, const struct item *b, enum diff_class *ret)
{
	if (!a->is_known || !b->is_known || str_equal(a->value, b->value))
		return false;
	*ret = a->nature == NATURE_WHO ? DIFF_WHO : DIFF_PLAIN;
	if (a->nature == NATURE_GIVEN && a->is_zero == b->is_zero)
		*ret = DIFF_WHO;
	return true;
}

/* `-` says that it is there without a value. */
static struct str shown(const struct item *i)
{
	return i->value.len == 0 ? STR("-") : i->value;
}

static size_t compare(struct items *a, struct items *b, struct diff_value *ret, size_t n)
{
	for (size_t i = 0; i < a->n; i++) {
		struct item *one = &a->at[i];
		struct item *other = partner(b, one);
		struct diff_value v = {.name = one->name};

		one->is_matched = true;
		if (other != NULL)
			other->is_matched = true;
		if (one->nature == NATURE_DIFFERS || n == DIFF_VALUES)
			continue;
		v.class = one->nature == NATURE_WHO ? DIFF_WHO : DIFF_PLAIN;
		v.value[0] = shown(one);
		if (other != NULL) {
			v.value[1] = shown(other);
			if (differ(one, other, &v.class))
				ret[n++] = v;
		} else if (b->is_complete) {
			ret[n++] = v;
		}
	}
	return n;
}

/* What stands in b alone. */
static size_t compare_rest(const struct items *a, const struct items *b, struct diff_value *ret,
			   size_t n)
{
	for (size_t i = 0; i < b->n && a->is_complete; i++) {
		const struct item *item = &b->at[i];

		if (item->is_matched || item->nature == NATURE_DIFFERS || n == DIFF_VALUES)
			continue;
		ret[n++] = (struct diff_value){
			.class = item->nature == NATURE_WHO ? DIFF_WHO : DIFF_PLAIN,
			.name = item->name,
			.value = {{0}, shown(item)},
		};
	}
	return n;
}

size_t diff_values(struct arena *arena, const struct event *a, const struct event *b,
		   bool show_secrets, struct diff_value ret[DIFF_VALUES])
{
	struct items one = {.arena = arena, .show_secrets = show_secrets};
	struct items other = {.arena = arena, .show_secrets = show_secrets};
	size_t n;

	items_of(&one, a);
	items_of(&other, b);
	n = compare(&one, &other, ret, 0);
	return compare_rest(&one, &other, ret, n);
}

/* Reads a weaver script, line by line. weave.md is its manual. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "weave.h"

enum { LINE_OCTETS = 8 * WEAVE_OCTETS, INCLUDE_DEPTH = 16 };

void weave_fail(const struct weave *w, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%u: ", w->script, w->line);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

void octets_put(struct octets *o, const void *at, size_t len)
{
	if (len > sizeof(o->at) - o->len) {
		fputs("weave: a message longer than 65536 octets\n", stderr);
		exit(EXIT_FAILURE);
	}
	if (len > 0)
		memcpy(o->at + o->len, at, len);
	o->len += len;
}

void octets_u8(struct octets *o, unsigned v)
{
	const uint8_t b = (uint8_t)v;

	octets_put(o, &b, 1);
}

void octets_u16(struct octets *o, unsigned v)
{
	octets_u8(o, v >> 8);
	octets_u8(o, v);
}

void octets_u32(struct octets *o, uint32_t v)
{
	octets_u16(o, v >> 16);
	octets_u16(o, v & 0xFFFF);
}

void octets_set_u16(struct octets *o, size_t at, unsigned v)
{
	o->at[at] = (uint8_t)(v >> 8);
	o->at[at + 1] = (uint8_t)v;
}

uint32_t weave_number(const struct weave *w, const char *value, uint32_t max)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(value, &end, 0);
	if (errno != 0 || end == value || *end != '\0' || v > max)
		weave_fail(w, "'%s' is not a number up to %lu", value, (unsigned long)max);
	return (uint32_t)v;
}

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, tolower((unsigned char)c));

	return at == NULL ? -1 : (int)(at - digits);
}

size_t weave_hex(const struct weave *w, const char *value, uint8_t *ret, size_t max)
{
	size_t n = strlen(value) / 2;

	if (strlen(value) % 2 != 0 || n > max)
		weave_fail(w, "'%s': an even number of hex digits, up to %zu octets", value, max);
	for (size_t i = 0; i < n; i++) {
		int high = digit(value[2 * i]);
		int low = digit(value[2 * i + 1]);

		if (high < 0 || low < 0)
			weave_fail(w, "'%s' is not hex", value);
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return n;
}

bool weave_address(const char *value, uint8_t ret[16], bool *ret_is_ipv6)
{
	*ret_is_ipv6 = strchr(value, ':') != NULL;
	return inet_pton(*ret_is_ipv6 ? AF_INET6 : AF_INET, value, ret) == 1;
}

const struct word *weave_order(const struct weave *w, const char *key)
{
	for (size_t i = 0; i < w->n_words; i++) {
		if (w->words[i].mark == '@' && strcmp(w->words[i].key, key) == 0)
			return &w->words[i];
	}
	return NULL;
}

static struct party *party_find(struct weave *w, const char *id)
{
	for (size_t i = 0; i < w->n_parties; i++) {
		if (strcmp(w->parties[i].id, id) == 0)
			return &w->parties[i];
	}
	weave_fail(w, "no party is called '%s'", id);
}

/* The party whose address and ids the messages of `p` carry. */
static struct party *party_end(struct party *p)
{
	return p->behind == NULL ? p : p->behind;
}

static void copy_text(const struct weave *w, char ret[WEAVE_TEXT], const char *value)
{
	if (strlen(value) >= WEAVE_TEXT)
		weave_fail(w, "'%s' is too long", value);
	snprintf(ret, WEAVE_TEXT, "%s", value);
}

/* Seconds with up to six decimals, exactly: a double would round 27.760. */
static int64_t read_seconds(const struct weave *w, const char *value)
{
	char *end;
	int64_t whole = strtoll(value, &end, 10);
	int64_t part = 0;
	int64_t unit = 1000000;

	if (*end == '.') {
		for (end++; isdigit((unsigned char)*end) && unit > 1; end++) {
			unit /= 10;
			part += (*end - '0') * unit;
		}
	}
	if (end == value || *end != '\0' || whole < 0)
		weave_fail(w, "'%s' is not a time in seconds", value);
	return whole * 1000000 + part;
}

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	/* March is month 0, so that the leap day ends the year. */
	int64_t m = (month + 9) % 12;
	int64_t y = year - m / 10;

	return 365 * y + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + day - 1 - 719468;
}

static void read_start(struct weave *w, const char *date, const char *time)
{
	int year, month, day, hour, minute, second;

	if (sscanf(date, "%4d-%2d-%2d", &year, &month, &day) != 3 ||
	    sscanf(time, "%2d:%2d:%2d", &hour, &minute, &second) != 3)
		weave_fail(w, "start: YYYY-MM-DD HH:MM:SS");
	w->start_us = ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
	w->start_us *= 1000000;
	w->now_us = w->start_us;
}

static void read_party(struct weave *w, const char *id)
{
	struct party *p;

	if (w->n_parties == WEAVE_PARTIES)
		weave_fail(w, "more than %d parties", WEAVE_PARTIES);
	p = &w->parties[w->n_parties++];
	copy_text(w, p->id, id);
	p->port = 1701;
	for (size_t i = 1; i < w->n_words; i++) {
		const struct word *o = &w->words[i];

		if (strcmp(o->key, "address") == 0) {
			if (!weave_address(o->value, p->address, &p->is_ipv6))
				weave_fail(w, "'%s' is not an address", o->value);
		} else if (strcmp(o->key, "port") == 0) {
			p->port = (uint16_t)weave_number(w, o->value, UINT16_MAX);
		} else if (strcmp(o->key, "ipid") == 0) {
			p->ip_id = (uint16_t)weave_number(w, o->value, UINT16_MAX);
		} else if (strcmp(o->key, "tunnel") == 0) {
			p->tunnel = weave_number(w, o->value, UINT32_MAX);
		} else if (strcmp(o->key, "session") == 0) {
			p->session = weave_number(w, o->value, UINT32_MAX);
		} else if (strcmp(o->key, "cookie") == 0) {
			p->cookie_len = weave_hex(w, o->value, p->cookie, sizeof(p->cookie));
		} else if (strcmp(o->key, "sublayer") == 0) {
			p->has_sublayer = weave_number(w, o->value, 1) == 1;
		} else if (strcmp(o->key, "behind") == 0) {
			p->behind = party_find(w, o->value);
		} else {
			weave_fail(w, "a party has no '%s'", o->key);
		}
	}
}

static void read_ids(struct weave *w, bool of_tunnel)
{
	for (size_t i = 0; i < w->n_words; i++) {
		struct party *p = party_find(w, w->words[i].key);
		uint32_t id = weave_number(w, w->words[i].value, UINT32_MAX);

		if (of_tunnel) {
			p->tunnel = id;
			p->ns = 0;
			p->nr = 0;
		} else {
			p->session = id;
			p->data_ns = 0;
			p->sequence = 0;
		}
	}
}

/* What A sends next and B expects of it: `sequence A=65530 B=12`. */
static void read_sequence(struct weave *w)
{
	struct party *a, *b;

	if (w->n_words != 2)
		weave_fail(w, "sequence A=NS B=NS");
	a = party_find(w, w->words[0].key);
	b = party_find(w, w->words[1].key);
	a->ns = b->nr = (uint16_t)weave_number(w, w->words[0].value, UINT16_MAX);
	b->ns = a->nr = (uint16_t)weave_number(w, w->words[1].value, UINT16_MAX);
}

/* A party sends from another place from here on: `move lac port=40000`. */
static void read_move(struct weave *w)
{
	struct party *p = party_find(w, w->words[0].key);

	for (size_t i = 1; i < w->n_words; i++) {
		const struct word *o = &w->words[i];

		if (strcmp(o->key, "port") == 0)
			p->port = (uint16_t)weave_number(w, o->value, UINT16_MAX);
		else if (strcmp(o->key, "address") != 0 ||
			 !weave_address(o->value, p->address, &p->is_ipv6))
			weave_fail(w, "move: port= or address=, not '%s'", o->key);
	}
}

/* `clock ahead=1.5 gains=100 far=lac delay=0.02` */
static void read_clock(struct weave *w)
{
	for (size_t i = 0; i < w->n_words; i++) {
		const struct word *o = &w->words[i];
		const char *value = o->value;
		bool is_minus = value[0] == '-';

		if (strcmp(o->key, "ahead") == 0)
			w->ahead_us = read_seconds(w, value + is_minus) * (is_minus ? -1 : 1);
		else if (strcmp(o->key, "gains") == 0)
			w->gains_ppm = strtod(value, NULL);
		else if (strcmp(o->key, "far") == 0)
			copy_text(w, w->far, value);
		else if (strcmp(o->key, "delay") == 0)
			w->delay_us = read_seconds(w, value);
		else
			weave_fail(w, "a clock has no '%s'", o->key);
	}
}

/* Splits at blanks in place, with "…" for blanks and # for comments. */
static size_t split(struct weave *w, char *line, char *ret[WEAVE_WORDS])
{
	size_t n = 0;
	char *in = line;

	for (;;) {
		char *out;

		while (isspace((unsigned char)*in))
			in++;
		if (*in == '\0' || *in == '#')
			return n;
		if (n == WEAVE_WORDS)
			weave_fail(w, "more than %d words", WEAVE_WORDS);
		ret[n++] = out = in;
		for (bool quoted = false; *in != '\0'; in++) {
			if (*in == '"')
				quoted = !quoted;
			else if (!quoted && isspace((unsigned char)*in))
				break;
			else
				*out++ = *in;
		}
		if (*in != '\0')
			in++;
		*out = '\0';
	}
}

static void read_words(struct weave *w, char **all, size_t n)
{
	w->n_words = 0;
	for (size_t i = 0; i < n; i++) {
		struct word *o = &w->words[w->n_words++];
		char *equals = strchr(all[i], '=');

		o->mark = strchr("+-~@", all[i][0]) != NULL ? all[i][0] : '\0';
		o->key = all[i] + (o->mark != '\0' ? 1 : 0);
		o->value = "";
		if (equals != NULL) {
			*equals = '\0';
			o->value = equals + 1;
		}
	}
}

static bool read_statement(struct weave *w, char **word, size_t n)
{
	read_words(w, word + 1, n - 1);
	if (strcmp(word[0], "start") == 0 && n == 3) {
		read_start(w, word[1], word[2]);
	} else if (strcmp(word[0], "snap") == 0 && n == 2) {
		w->snap = weave_number(w, word[1], 262144);
	} else if (strcmp(word[0], "secret") == 0 && n == 2) {
		copy_text(w, w->secret, word[1]);
	} else if (strcmp(word[0], "party") == 0 && n >= 2) {
		read_party(w, word[1]);
	} else if (strcmp(word[0], "session") == 0) {
		read_ids(w, false);
	} else if (strcmp(word[0], "tunnel") == 0) {
		read_ids(w, true);
	} else if (strcmp(word[0], "mirror") == 0 && n == 2) {
		w->mirror = (uint16_t)weave_number(w, word[1], 4095);
	} else if (strcmp(word[0], "clock") == 0) {
		read_clock(w);
	} else if (strcmp(word[0], "sequence") == 0) {
		read_sequence(w);
	} else if (strcmp(word[0], "move") == 0 && n > 2) {
		read_move(w);
	} else if (strcmp(word[0], "version") == 0 && n == 2) {
		w->version = weave_number(w, word[1], VERSION_3);
	} else if (strcmp(word[0], "transport") == 0 && n == 2) {
		w->is_bare_ip = strcmp(word[1], "ip") == 0;
	} else if (strcmp(word[0], "carry") == 0 && n >= 2) {
		access_carry(w, word[1], n > 2 ? word[2] : NULL);
	} else if (strcmp(word[0], "link") == 0 && n >= 2) {
		static const char *const names[] = {
			[LINK_ETHERNET] = "ethernet", [LINK_VLAN] = "vlan",
			[LINK_PPPOE] = "pppoe",       [LINK_GRE] = "gre",
			[LINK_SLL] = "sll",           [LINK_RAW] = "raw",
			[LINK_PPP] = "ppp",           [LINK_VXLAN] = "vxlan",
			[LINK_GENEVE] = "geneve",
		};

		for (w->link = LINK_ETHERNET; strcmp(names[w->link], word[1]) != 0; w->link++) {
			if (w->link == LINK_PPP)
				weave_fail(w, "no link type '%s'", word[1]);
		}
		if (w->link == LINK_VLAN)
			w->vlan = (uint16_t)weave_number(w, n > 2 ? word[2] : "1", 4095);
		else if (n > 2)
			w->link_id = weave_number(w, word[2], UINT32_MAX);
	} else {
		return false;
	}
	return true;
}

static void weave_message(struct weave *w, const char *what)
{
	static struct octets payload;

	static bool (*const controls[])(struct weave *, const char *) = {
		[VERSION_L2F] = l2f_management,
		[VERSION_2] = l2tp_control,
		[VERSION_3] = v3_control,
	};
	static void (*const datas[])(struct weave *, const struct octets *) = {
		[VERSION_L2F] = l2f_data,
		[VERSION_2] = l2tp_data,
		[VERSION_3] = v3_data,
	};

	payload.len = 0;
	if (controls[w->version](w, what))
		return;
	if (access_packet(w, what))
		return;
	if (strcmp(what, "again") == 0) {
		if (!l2tp_again(w))
			weave_fail(w, "%s has sent no such control message", w->from->id);
		return;
	}
	if (strcmp(what, "UNREACHABLE") == 0) {
		frame_icmp_unreachable(w);
		return;
	}
	if (strcmp(what, "HEX") == 0 || strcmp(what, "OCTETS") == 0) {
		for (size_t i = 0; i < w->n_words; i++) {
			if (w->words[i].mark != '\0')
				continue;
			payload.len += weave_hex(w, w->words[i].key, payload.at + payload.len,
						 sizeof(payload.at) - payload.len);
		}
		if (strcmp(what, "HEX") == 0)
			frame_udp(w, &payload);
		else
			frame_whole(w, &payload);
		return;
	}
	if (!ppp_packet(w, what, &payload))
		weave_fail(w, "no message is called '%s'", what);
	if (w->carry == CARRY_L2TP)
		datas[w->version](w, &payload);
	else
		access_data(w, &payload);
}

static void read_message(struct weave *w, char **word, size_t n)
{
	const struct word *times, *every;
	unsigned rounds = 1;
	int64_t step = 0;

	if (n < 5 || strcmp(word[2], ">") != 0)
		weave_fail(w, "TIME FROM > TO WHAT …");
	if (word[0][0] == '+')
		w->now_us += read_seconds(w, word[0] + 1);
	else
		w->now_us = w->start_us + read_seconds(w, word[0]);
	w->from = party_end(party_find(w, word[1]));
	w->to = party_end(party_find(w, word[3]));
	if (w->from == w->to)
		weave_fail(w, "%s and %s are the same end", word[1], word[3]);
	read_words(w, word + 5, n - 5);

	times = weave_order(w, "times");
	every = weave_order(w, "every");
	if (times != NULL)
		rounds = weave_number(w, times->value, 100000);
	if (every != NULL)
		step = read_seconds(w, every->value);
	for (w->round = 0; w->round < rounds; w->round++) {
		if (w->round > 0)
			w->now_us += step;
		weave_message(w, word[4]);
	}
}

static void weave_script(struct weave *w, const char *path);

/* `include NAME`: a script beside this one, as if it stood here. */
static void include(struct weave *w, const char *name)
{
	const char *includer = w->script, *slash = strrchr(includer, '/');
	unsigned line = w->line;
	char path[4096];

	if (++w->depth > INCLUDE_DEPTH)
		weave_fail(w, "too many scripts inside each other");
	snprintf(path, sizeof(path), "%.*s%s", slash ? (int)(slash - includer) + 1 : 0, includer,
		 name);
	weave_script(w, path);
	w->script = includer;
	w->line = line;
	w->depth--;
}

static void weave_line(struct weave *w, char *line)
{
	char *words[WEAVE_WORDS];
	size_t n = split(w, line, words);

	if (n == 0)
		return;
	/* The file header names link type and snapshot length, so it waits for a line. */
	if (isdigit((unsigned char)words[0][0]) || words[0][0] == '+') {
		if (w->out == NULL)
			frame_open(w, w->path);
		read_message(w, words, n);
	} else if (strcmp(words[0], "include") == 0 && n == 2) {
		include(w, words[1]);
	} else if (!read_statement(w, words, n)) {
		weave_fail(w, "'%s' is no statement", words[0]);
	}
}

static void weave_script(struct weave *w, const char *path)
{
	char *line = malloc(LINE_OCTETS);
	FILE *in = fopen(path, "r");

	if (in == NULL || line == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	w->script = path;
	w->line = 0;
	while (fgets(line, LINE_OCTETS, in) != NULL) {
		w->line++;
		weave_line(w, line);
	}
	free(line);
	fclose(in);
}

int main(int argc, char **argv)
{
	static struct weave w = {.snap = 262144, .version = VERSION_2};

	if (argc != 3) {
		fputs("usage: weave SCRIPT OUT.pcap\n", stderr);
		return 2;
	}
	w.path = argv[2];
	weave_script(&w, argv[1]);
	if (w.out == NULL)
		frame_open(&w, w.path);
	frame_close(&w);
	for (size_t i = 0; i < w.n_parties; i++) {
		for (size_t j = 0; j < WEAVE_SENT; j++)
			free(w.parties[i].sent[j]);
	}
	return EXIT_SUCCESS;
}

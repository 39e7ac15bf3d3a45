#include "secrets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "guard.h"
#include "hexdump.h"
#include "limits.h"
#include "secrets_freeradius.h"

/* Chains of equal hash keep the order in which the secrets came: with an ISP's file of
 * 100 000 users nothing is searched from end to end. */
enum { BUCKETS = 4096 };

struct entry {
	struct secret secret;
	struct entry *next;
};

struct chain {
	struct entry *first, *last;
};

struct secrets {
	struct arena *arena;
	struct chain chains[BUCKETS];
	struct str origin; /* the line that is being read */
	bool has_kind[SECRET_RADIUS + 1];
	bool has_missed, came_late;
	bool is_guarded;
};

/* What the fields of a line mean. */
enum layout {
	LAYOUT_OURS,    /* tunnel|user|radius WHO VALUE */
	LAYOUT_PPPD,    /* client server secret [addresses] */
	LAYOUT_L2TP,    /* us them secret */
	LAYOUT_USERS,   /* FreeRADIUS: NAME Cleartext-Password := VALUE, … */
	LAYOUT_CLIENTS, /* FreeRADIUS: client NAME { ipaddr = … secret = … } */
};

static const struct {
	const char *word;
	enum secret_kind kind;
} kinds[] = {
	{"tunnel", SECRET_TUNNEL},
	{"user", SECRET_USER},
	{"radius", SECRET_RADIUS},
};

struct secrets *secrets_new(void)
{
	struct secrets *s = must_alloc(1, sizeof(*s));

	s->arena = arena_new_guarded(LIMIT_SECRETS);
	return s;
}

void secrets_free(struct secrets *s)
{
	if (!s)
		return;
	arena_free(s->arena);
	free(s);
}

/* Before the first secret is in memory. */
static void guard(struct secrets *s)
{
	if (!s->is_guarded)
		guard_memory();
	s->is_guarded = true;
}

/* FNV-1a */
static size_t bucket_of(enum secret_kind kind, struct str who)
{
	uint32_t hash = 2166136261u ^ (uint32_t)kind;

	for (size_t i = 0; i < who.len; i++)
		hash = (hash ^ (uint8_t)who.at[i]) * 16777619u;
	return hash % BUCKETS;
}

/* The next entry of that kind and name from `e` on. */
static struct entry *same(struct entry *e, enum secret_kind kind, struct str who)
{
	while (e && (e->secret.kind != kind || !str_equal(e->secret.who, who)))
		e = e->next;
	return e;
}

void secrets_put(struct secrets *s, const struct secret *secret)
{
	struct chain *chain = &s->chains[bucket_of(secret->kind, secret->who)];
	struct entry *e;

	guard(s);
	for (e = same(chain->first, secret->kind, secret->who); e;
	     e = same(e->next, secret->kind, secret->who)) {
		if (!span_equal(e->secret.value, secret->value))
			continue;
		/* Given beats learned, whichever came first. */
		if (e->secret.is_learned && !secret->is_learned)
			e->secret.origin = arena_str(s->arena, secret->origin);
		e->secret.is_learned = e->secret.is_learned && secret->is_learned;
		e->secret.is_vague = e->secret.is_vague && secret->is_vague;
		return;
	}
	e = arena_alloc(s->arena, sizeof(*e));
	if (!e)
		return;
	e->next = NULL;
	e->secret = *secret;
	e->secret.who = arena_str(s->arena, secret->who);
	e->secret.value = arena_span(s->arena, secret->value);
	e->secret.origin = arena_str(s->arena, secret->origin);
	if (chain->last)
		chain->last->next = e;
	else
		chain->first = e;
	chain->last = e;
	s->has_kind[secret->kind] = true;
	if (s->has_missed && secret->kind == SECRET_TUNNEL)
		s->came_late = true;
}

void secrets_add(struct secrets *s, enum secret_kind kind, struct str who, struct span value,
		 bool is_learned)
{
	struct secret x = {.kind = kind, .who = who, .value = value, .is_learned = is_learned};

	if (!is_learned)
		x.origin = s->origin;
	secrets_put(s, &x);
}

bool secrets_has(const struct secrets *s, enum secret_kind kind)
{
	return s->has_kind[kind];
}

void secrets_miss(struct secrets *s)
{
	s->has_missed = true;
}

bool secrets_came_late(const struct secrets *s)
{
	return s->came_late;
}

const struct secret *secrets_any(const struct secrets *s, enum secret_kind kind, size_t *at)
{
	size_t skip = *at;

	if (!s || !s->has_kind[kind])
		return NULL;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct entry *e = s->chains[i].first; e; e = e->next)
			if (e->secret.kind == kind && skip-- == 0) {
				(*at)++;
				return &e->secret;
			}
	return NULL;
}

const struct secret *secrets_find(const struct secrets *s, enum secret_kind kind, struct str who,
				  size_t *at)
{
	const struct str names[2] = {who, STR("*")};
	size_t skip = *at;

	if (!s || !s->has_kind[kind])
		return NULL;
	for (size_t pass = 0; pass < 4; pass++) {
		struct str name = names[pass / 2];
		bool is_learned = pass % 2 != 0;
		struct entry *e;

		if (pass < 2 && str_is(who, "*"))
			continue;
		e = same(s->chains[bucket_of(kind, name)].first, kind, name);
		for (; e; e = same(e->next, kind, name)) {
			if (e->secret.is_learned != is_learned || skip-- > 0)
				continue;
			(*at)++;
			return &e->secret;
		}
	}
	return NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct str skip_blanks(struct str s)
{
	while (s.len && is_blank(s.at[0]))
		s = str_from(s, 1);
	return s;
}

/* What a field turned out to be. */
enum field { FIELD_THERE, FIELD_MISSING, FIELD_OPEN /* a quote is not closed */ };

static bool is_escaped(struct str s, size_t i)
{
	return s.at[i] == '\\' && i + 1 < s.len &&
	       (s.at[i + 1] == '\\' || s.at[i + 1] == '"' || s.at[i + 1] == '#' ||
		is_blank(s.at[i + 1]));
}

/* A field that starts with a quote ends at the next one, any other at a blank; a backslash
 * keeps what would end it. `line` is then behind the field. */
static enum field take_word(struct arena *a, struct str *line, struct str *ret)
{
	struct str s = skip_blanks(*line);
	bool is_quoted = s.len && s.at[0] == '"';
	char *out;
	size_t n = 0;
	size_t i = is_quoted ? 1 : 0;

	if (!s.len || s.at[0] == '#')
		return FIELD_MISSING;
	out = arena_alloc(a, s.len);
	for (; out && i < s.len; i++) {
		if (is_quoted ? s.at[i] == '"' : is_blank(s.at[i]))
			break;
		if (is_escaped(s, i))
			i++;
		out[n++] = s.at[i];
	}
	if (is_quoted && i == s.len)
		return FIELD_OPEN;
	*ret = (struct str){.at = out, .len = n};
	*line = str_from(s, is_quoted ? i + 1 : i);
	return FIELD_THERE;
}

/* The last field of our own layout: to the end of the line, or to a comment. */
static enum field take_rest(struct arena *a, struct str *line, struct str *ret)
{
	struct str s = skip_blanks(*line);
	size_t n = 0;

	if (!s.len || s.at[0] == '#')
		return FIELD_MISSING;
	if (s.at[0] == '"')
		return take_word(a, line, ret);
	while (n < s.len && !(s.at[n] == '#' && is_blank(s.at[n - 1])))
		n++;
	*ret = str_trim((struct str){.at = s.at, .len = n});
	*line = str_from(s, s.len);
	return FIELD_THERE;
}

/* `hex:00ff…`; blanks and colons between the octets are fine. */
static bool take_hex(struct arena *a, struct str s, struct span *ret)
{
	uint8_t *out = arena_alloc(a, s.len);
	size_t n = 0;
	int high = -1;

	for (size_t i = 0; out && i < s.len; i++) {
		int value = hex_digit(s.at[i]);

		if (value < 0 && high < 0 && (is_blank(s.at[i]) || s.at[i] == ':'))
			continue;
		if (value < 0)
			return false;
		if (high < 0) {
			high = value;
			continue;
		}
		out[n++] = (uint8_t)(high << 4 | value);
		high = -1;
	}
	*ret = span_of(out, n);
	return out && high < 0 && n > 0;
}

/* Reads one line; NULL, or what is wrong with it. */
static const char *read_ours(struct secrets *s, struct arena *a, struct str line)
{
	struct str word = {0}, who = {0}, text = {0};
	struct span value;
	enum field last;

	if (take_word(a, &line, &word) != FIELD_THERE)
		return "a quote is not closed";
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!str_is(word, kinds[i].word))
			continue;
		if (take_word(a, &line, &who) != FIELD_THERE)
			return "the name or address is missing";
		last = take_rest(a, &line, &text);
		if (last == FIELD_OPEN)
			return "a quote is not closed";
		if (last == FIELD_MISSING)
			return "the secret is missing";
		line = skip_blanks(line);
		if (line.len && line.at[0] != '#')
			return "there is more behind the quoted secret";
		value = span_of(text.at, text.len);
		if (str_starts(text, "hex:") && !take_hex(a, str_from(text, 4), &value))
			return "`hex:` must be followed by pairs of hex digits";
		secrets_add(s, kinds[i].kind, who, value, false);
		return NULL;
	}
	return "a line starts with `tunnel`, `user` or `radius`";
}

static const char *read_table(struct secrets *s, struct arena *a, struct str line,
			      enum layout layout)
{
	struct str field[3] = {0};
	struct str who;

	for (size_t i = 0; i < 3; i++) {
		enum field found = take_word(a, &line, &field[i]);

		if (found == FIELD_OPEN)
			return "a quote is not closed";
		if (found == FIELD_MISSING)
			return "neither `tunnel|user|radius NAME SECRET`, nor three fields as in "
			       "chap-secrets or l2tp-secrets, nor FreeRADIUS users or clients";
	}
	who = field[0];
	/* The peer says more than the own name, which many lines share. */
	if (layout == LAYOUT_L2TP && !str_is(field[1], "*"))
		who = field[1];
	secrets_add(s, layout == LAYOUT_L2TP ? SECRET_TUNNEL : SECRET_USER, who,
		    span_of(field[2].at, field[2].len), false);
	return NULL;
}

static struct str next_line(struct str *content)
{
	size_t end = str_find(*content, STR("\n"));
	struct str line = *content;

	if (end == SIZE_MAX) {
		*content = str_from(*content, content->len);
		return line;
	}
	line.len = end;
	*content = str_from(*content, end + 1);
	return line;
}

static bool contains_nocase(struct str s, const char *word)
{
	struct str needle = str_of(word);

	for (size_t i = 0; i + needle.len <= s.len; i++)
		if (str_equal_nocase((struct str){.at = s.at + i, .len = needle.len}, needle))
			return true;
	return false;
}

static size_t count_fields(struct arena *a, struct str line)
{
	struct str field;
	size_t n = 0;

	while (take_word(a, &line, &field) == FIELD_THERE)
		n++;
	return n;
}

/* Two foreign files have three columns. A fourth column (addresses) is pppd's; else the
 * comments that both packages ship say which it is, and last the file's name. */
static enum layout find_layout(struct arena *a, struct str content, const char *path)
{
	struct str name = str_of(path);
	bool says_l2tp = false;

	for (size_t i = name.len; i > 0; i--) {
		if (name.at[i - 1] == '/') {
			name = str_from(name, i);
			break;
		}
	}
	while (content.len) {
		struct str line = str_trim(next_line(&content));
		struct str word = {0};
		struct str rest = line;

		if (str_starts(line, "#")) {
			says_l2tp = says_l2tp || contains_nocase(line, "l2tp");
			continue;
		}
		if (freeradius_is_client(line))
			return LAYOUT_CLIENTS;
		if (freeradius_is_user(line))
			return LAYOUT_USERS;
		if (take_word(a, &rest, &word) != FIELD_THERE)
			continue;
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (str_is(word, kinds[i].word))
				return LAYOUT_OURS;
		if (count_fields(a, line) > 3)
			return LAYOUT_PPPD;
	}
	if (says_l2tp || contains_nocase(name, "l2tp"))
		return LAYOUT_L2TP;
	if (contains_nocase(name, "chap") || contains_nocase(name, "pap"))
		return LAYOUT_PPPD;
	return LAYOUT_L2TP;
}

static bool read_content(struct secrets *s, struct arena *a, struct str content, const char *path,
			 struct text *why_not)
{
	enum layout layout = find_layout(a, content, path);
	struct freeradius state = {.secrets = s, .arena = a};

	for (unsigned number = 1; content.len; number++) {
		struct str whole = next_line(&content), line = str_trim(whole);
		const char *wrong;

		if (!line.len || line.at[0] == '#')
			continue;
		s->origin = arena_printf(s->arena, "line %u of %s", number, path);
		if (layout == LAYOUT_USERS)
			wrong = freeradius_user_line(&state, whole);
		else if (layout == LAYOUT_CLIENTS)
			wrong = freeradius_client_line(&state, line);
		else if (layout == LAYOUT_OURS)
			wrong = read_ours(s, a, line);
		else
			wrong = read_table(s, a, line, layout);
		if (wrong) {
			text_printf(why_not, "%s: line %u: %s", path, number, wrong);
			return false;
		}
	}
	if (arena_is_full(s->arena) || arena_is_full(a)) {
		text_printf(why_not, "%s: too many secrets", path);
		return false;
	}
	return true;
}

/* What a file holds: octets that are wiped wherever they were. */
struct content {
	char *at;
	size_t len, room;
};

static void content_free(struct content *c)
{
	guard_wipe(c->at, c->room);
	free(c->at);
}

static void content_grow(struct content *c)
{
	struct content more = {.len = c->len, .room = c->room == 0 ? 65536 : c->room * 2};

	more.at = must_alloc(more.room, 1);
	guard_lock(more.at, more.room);
	if (c->len > 0)
		memcpy(more.at, c->at, c->len);
	content_free(c);
	*c = more;
}

/* False with errno, or EFBIG. */
static bool read_file(const char *path, struct content *ret)
{
	FILE *file = fopen(path, "rb");
	size_t n;
	int error;

	if (!file)
		return false;
	setvbuf(file, NULL, _IONBF, 0); /* no copy that is not ours */
	do {
		if (ret->len == ret->room)
			content_grow(ret);
		n = fread(ret->at + ret->len, 1, ret->room - ret->len, file);
		ret->len += n;
	} while (n > 0 && ret->len <= LIMIT_SECRETS_FILE);
	error = ferror(file) != 0 ? errno : ret->len > LIMIT_SECRETS_FILE ? EFBIG : 0;
	fclose(file);
	errno = error;
	return error == 0;
}

bool secrets_read(struct secrets *s, const char *path, struct text *why_not)
{
	struct content content = {0};
	struct arena *a;
	bool is_good;

	guard(s);
	if (!read_file(path, &content)) {
		text_printf(why_not, "%s: %s", path, strerror(errno));
		content_free(&content);
		return false;
	}
	a = arena_new_guarded(LIMIT_SECRETS);
	is_good = read_content(s, a, (struct str){content.at, content.len}, path, why_not);
	arena_free(a);
	content_free(&content);
	return is_good;
}

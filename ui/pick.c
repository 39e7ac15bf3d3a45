#include "pick.h"

#include <errno.h>
#include <fnmatch.h>
#include <jansson.h>
#include <stdlib.h>

#include "nearest.h"

enum { PATTERNS = 256, FINGERPRINT = 16 };

struct pick {
	struct str patterns[PATTERNS]; /* NUL-terminated */
	size_t n_patterns;
	struct arena *arena;
	uint64_t *known; /* sorted */
	size_t n_known, room;
	size_t n_ignored, n_in_baseline;
};

/* ---- fingerprints ---- */

static uint64_t hash_str(uint64_t h, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (uint8_t)s.at[i]) * UINT64_C(1099511628211);
	return (h ^ 0xff) * UINT64_C(1099511628211);
}

static uint64_t hash_end(uint64_t h, struct str name, const struct address *address)
{
	char room[64];
	struct text t = text_in(room, sizeof(room));

	if (name.len > 0)
		return hash_str(h, str_range(name.at, name.at + (name.len > 256 ? 256 : name.len)));
	address_print(&t, address);
	return hash_str(h, text_str(&t));
}

static uint64_t fingerprint(const struct finding *f)
{
	uint64_t h = hash_str(UINT64_C(14695981039346656037), str_of(f->rule->id));

	if (f->call != NULL) {
		h = hash_str(h, f->call->user);
		for (int i = 0; i < 2; i++)
			h = hash_end(h, f->call->side[i].name, &f->call->side[i].address);
	} else if (f->tunnel != NULL) {
		for (int i = 0; i < 2; i++)
			h = hash_end(h, f->tunnel->peer[i].name, &f->tunnel->peer[i].address);
	}
	return h;
}

void finding_fingerprint(struct text *t, const struct finding *f)
{
	uint64_t hash = fingerprint(f);
	uint8_t octets[sizeof(hash)];

	for (size_t i = sizeof(octets); i-- > 0; hash >>= 8)
		octets[i] = (uint8_t)hash;
	text_hex(t, span_of(octets, sizeof(octets)), 0);
}

/* ---- --ignore ---- */

static bool fits_a_rule(const char *pattern)
{
	const struct rule_row *const *rows;
	size_t n = rule_rows(&rows);

	for (size_t i = 0; i < n; i++) {
		if (fnmatch(pattern, rows[i]->id, 0) == 0)
			return true;
	}
	return false;
}

static void refuse_pattern(struct str pattern, struct text *why_not)
{
	const struct rule_row *const *rows;
	size_t n = rule_rows(&rows);
	struct nearest near = nearest_start(pattern, 3);

	for (size_t i = 0; i < n; i++)
		nearest_try(&near, str_of(rows[i]->id));
	text_printf(why_not, "--ignore %s fits no rule; ", pattern.at);
	if (near.best[0] != '\0')
		text_printf(why_not, "is `%s` meant?", near.best);
	else
		text_puts(why_not, "`l2tpscope explain rules` lists them");
}

static bool add_patterns(struct pick *p, const char *list, struct text *why_not)
{
	struct str rest = str_of(list);

	while (rest.len > 0) {
		size_t end = str_find(rest, STR(","));
		struct str one = {rest.at, end == SIZE_MAX ? rest.len : end};

		rest = str_from(rest, end == SIZE_MAX ? rest.len : end + 1);
		if (one.len == 0)
			continue;
		one = arena_str(p->arena, one);
		if (!fits_a_rule(one.at)) {
			refuse_pattern(one, why_not);
			return false;
		}
		if (p->n_patterns == PATTERNS) {
			text_printf(why_not, "--ignore takes at most %d patterns", PATTERNS);
			return false;
		}
		p->patterns[p->n_patterns++] = one;
	}
	return true;
}

/* ---- --baseline ---- */

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void take_line(struct pick *p, const char *line, size_t len)
{
	json_t *object = json_loadb(line, len, JSON_DISABLE_EOF_CHECK, NULL);
	const char *type = json_string_value(json_object_get(object, "type"));
	const char *print = json_string_value(json_object_get(object, "fingerprint"));

	if (type != NULL && print != NULL && strcmp(type, "finding") == 0 &&
	    strlen(print) == FINGERPRINT) {
		if (p->n_known == p->room) {
			p->room = p->room == 0 ? 256 : 2 * p->room;
			p->known = must_grow(p->known, p->room, sizeof(*p->known));
		}
		p->known[p->n_known++] = strtoull(print, NULL, 16);
	}
	json_decref(object);
}

static bool read_baseline(struct pick *p, const char *path, struct text *why_not)
{
	FILE *in = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	size_t lines = 0;
	ssize_t len;

	if (in == NULL) {
		text_printf(why_not, "--baseline %s: %s", path, strerror(errno));
		return false;
	}
	while ((len = getline(&line, &room, in)) > 0) {
		if (lines++ == 0 && strstr(line, "l2tpscope/1") == NULL) {
			text_printf(why_not,
				    "--baseline %s: not the output of `l2tpscope check --json`",
				    path);
			break;
		}
		take_line(p, line, (size_t)len);
	}
	if (len < 0 && !feof(in))
		text_printf(why_not, "--baseline %s: %s", path, strerror(errno));
	else if (lines == 0)
		text_printf(why_not,
			    "--baseline %s: is empty; it takes what `check --json` printed", path);
	free(line);
	fclose(in);
	if (p->n_known > 0)
		qsort(p->known, p->n_known, sizeof(*p->known), by_value);
	return why_not->len == 0;
}

struct pick *pick_new(const struct options *o, struct text *why_not)
{
	struct pick *p = must_alloc(1, sizeof(*p));
	bool is_good = true;

	*p = (struct pick){.arena = arena_new(LIMIT_OUTPUT_LINE)};
	for (size_t i = 0; is_good && i < o->ignore.n; i++)
		is_good = add_patterns(p, o->ignore.at[i].value, why_not);
	if (is_good && o->baseline != NULL)
		is_good = read_baseline(p, o->baseline, why_not);
	if (is_good)
		return p;
	pick_free(p);
	return NULL;
}

void pick_free(struct pick *p)
{
	if (p == NULL)
		return;
	arena_free(p->arena);
	free(p->known);
	free(p);
}

bool pick_drops(struct pick *p, const struct finding *f)
{
	uint64_t print;

	for (size_t i = 0; i < p->n_patterns; i++) {
		if (fnmatch(p->patterns[i].at, f->rule->id, 0) != 0)
			continue;
		p->n_ignored++;
		return true;
	}
	print = fingerprint(f);
	if (p->n_known == 0 ||
	    bsearch(&print, p->known, p->n_known, sizeof(print), by_value) == NULL)
		return false;
	p->n_in_baseline++;
	return true;
}

void pick_forget(struct pick *p)
{
	p->n_ignored = p->n_in_baseline = 0;
}

size_t pick_ignored(const struct pick *p)
{
	return p->n_ignored;
}

size_t pick_known(const struct pick *p)
{
	return p->n_in_baseline;
}

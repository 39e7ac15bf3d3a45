#include "fact.h"

#include "arena_room.h"
#include "secrecy.h"

void fact_text(struct fact *f, struct str s)
{
	f->kind = s.len == 0 ? FACT_NULL : FACT_TEXT;
	f->is_word = false;
	f->text = s;
}

void fact_word(struct fact *f, const char *word)
{
	fact_text(f, str_of(word));
	f->is_word = true;
}

void fact_number(struct fact *f, uint64_t n)
{
	f->kind = FACT_NUMBER;
	f->number = n;
}

void fact_id(struct fact *f, uint64_t n)
{
	if (n != 0)
		fact_number(f, n);
}

void fact_code(struct fact *f, int n)
{
	if (n >= 0)
		fact_number(f, (uint64_t)n);
}

void fact_real(struct fact *f, double d)
{
	if (d < 0)
		return;
	f->kind = FACT_REAL;
	f->real = d;
}

void fact_truth(struct fact *f, bool is_true)
{
	f->kind = FACT_TRUTH;
	f->truth = is_true;
}

void fact_verified(struct fact *f, enum truth t)
{
	if (t != TRUTH_UNKNOWN)
		fact_truth(f, t == TRUTH_TRUE);
}

void fact_result(struct fact *f, enum result r)
{
	if (r != RESULT_UNKNOWN)
		fact_word(f, r == RESULT_SUCCESS ? "success" : "failure");
}

void fact_time(struct fact *f, const struct mark *m)
{
	if (!m->is_set)
		return;
	f->kind = FACT_TIME;
	f->mark = *m;
}

void fact_address(struct fact *f, const struct subject *s, const struct address *a)
{
	enum { ROOM = 48 }; /* an IPv6 address has 45 octets at most */
	struct text t;
	char *room;

	f->kind = FACT_NULL;
	room = a->family == 0 ? NULL : arena_room(s->arena, ROOM);
	if (room == NULL)
		return;
	t = text_in(room, ROOM);
	address_print(&t, a);
	fact_text(f, text_str(&t));
	f->is_word = true;
}

void fact_object(struct fact *f, bool is_there)
{
	f->kind = is_there ? FACT_OBJECT : FACT_NULL;
}

static bool has_text(const struct fact *f, struct str s)
{
	for (size_t i = 0; i < f->n; i++) {
		if (str_equal(f->texts[i], s))
			return true;
	}
	return false;
}

void fact_findings(struct fact *f, const struct finding_link *findings)
{
	f->kind = FACT_TEXTS;
	f->is_word = true;
	f->n = 0;
	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTE; severity--) {
		for (const struct finding_link *l = findings; l != NULL; l = l->next) {
			struct str id = str_of(l->finding->rule->id);

			if ((int)l->finding->severity != severity || has_text(f, id))
				continue;
			if (f->n < FACT_ROOM)
				f->texts[f->n++] = id;
		}
	}
}

struct str fact_masked(const struct subject *s, struct str text)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);
	struct str masked;

	if (s->show_secrets || !secrecy_finds(text))
		return text;
	secrecy_mask(&t, text, false);
	masked = arena_str(s->arena, text_str(&t));
	text_free(&t);
	return masked;
}

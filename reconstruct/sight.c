#include "sight.h"

#include "code.h"
#include "limits.h"

_Static_assert(LIMIT_CLOCK_JUMPS < 32, "struct mark has five bits for them");

/* Resolutions that stamps have; one between two of them is taken for the finer: it has as many
 * digits. */
static const int64_t grains[16] = {
	0,
	1,
	10,
	100,
	1000,
	10000,
	100000,
	1000000,
	10000000,
	100000000,
	1000000000,
	INT64_C(60000000000),
	INT64_C(3600000000000),
	INT64_C(86400000000000),
	INT64_C(604800000000000),
	INT64_C(31536000000000000),
};

uint8_t mark_grain(int64_t ns)
{
	uint8_t i = ns >= 1000 ? 4 : 0; /* captures have microseconds */

	while (i < 15 && grains[i + 1] <= ns)
		i++;
	return i;
}

static void split(uint64_t value, uint32_t *low, uint8_t *high)
{
	*low = (uint32_t)value;
	*high = (uint8_t)(value >> 32);
}

void mark_set_when(struct mark *m, struct moment when)
{
	m->ns = when.ns;
	m->kind = when.kind & 7u;
	m->epoch = when.epoch & 31u;
	m->is_unsynced = when.is_unsynced;
	m->grain = mark_grain(when.grain_ns) & 15u;
}

void mark_set_number(struct mark *m, uint64_t number)
{
	split(number, &m->number_low, &m->number_high);
}

struct mark mark_at(struct sight s)
{
	struct mark m = {.is_set = true,
			 .in.input = s.input,
			 .vantage = s.vantage,
			 .is_line = s.line != 0 && s.frame == 0};

	mark_set_when(&m, s.when);
	mark_set_number(&m, s.number);
	split(s.frame ? s.frame : s.line, &m.place_low, &m.place_high);
	return m;
}

static const struct mark_words *words_of(const struct mark *m)
{
	static const struct mark_words none;

	return m->has_words ? m->in.words : &none;
}

uint16_t mark_input(const struct mark *m)
{
	return m->has_words ? m->in.words->input : m->in.input;
}

static uint64_t place(const struct mark *m)
{
	return (uint64_t)m->place_high << 32 | m->place_low;
}

uint64_t mark_frame(const struct mark *m)
{
	return m->is_line ? 0 : place(m);
}

uint64_t mark_line(const struct mark *m)
{
	if (m->is_line)
		return place(m);
	return words_of(m)->line;
}

struct moment mark_when(const struct mark *m)
{
	return (struct moment){.ns = m->ns,
			       .grain_ns = grains[m->grain],
			       .kind = (enum clock_kind)m->kind,
			       .is_unsynced = m->is_unsynced,
			       .epoch = m->epoch};
}

struct str mark_stamp(const struct mark *m)
{
	return words_of(m)->stamp;
}

const struct defect *mark_damage(const struct mark *m)
{
	return words_of(m)->damage;
}

/* ---- words ---- */

/* Marks share their words: who changes them gets words of its own. */
static struct mark_words *own_words(struct arena *a, struct mark *m)
{
	struct mark_words *words = arena_alloc(a, sizeof(*words));

	if (!words)
		return NULL;
	*words = *words_of(m);
	words->input = mark_input(m);
	m->in.words = words;
	m->has_words = true;
	return words;
}

void mark_set_place(struct arena *a, struct mark *m, uint64_t frame, uint64_t line)
{
	struct mark_words *words = NULL;

	m->is_line = line != 0 && frame == 0;
	split(frame ? frame : line, &m->place_low, &m->place_high);
	if ((frame && line) || words_of(m)->line)
		words = own_words(a, m);
	if (words)
		words->line = frame ? line : 0;
}

void mark_set_stamp(struct arena *a, struct mark *m, struct str stamp)
{
	struct mark_words *words = stamp.len ? own_words(a, m) : NULL;

	if (words)
		words->stamp = arena_str(a, stamp);
}

bool mark_share_stamp(struct mark *m, const struct mark *of, struct str stamp)
{
	if (m->has_words || !of->has_words || of->in.words->input != m->in.input ||
	    !str_equal(of->in.words->stamp, stamp))
		return false;
	m->in.words = of->in.words;
	m->has_words = true;
	return true;
}

void mark_set_text(struct arena *a, struct mark *m, struct str text)
{
	struct mark_words *words = text.len ? own_words(a, m) : NULL;

	if (words)
		words->text = arena_str(a, text);
}

void mark_set_damage(struct arena *a, struct mark *m, const struct defect *damage)
{
	struct mark_words *words = own_words(a, m);

	if (words)
		words->damage = damage;
}

/* ---- what it said ---- */

static const char *const gists[] = {
	[GIST_CONFREQ] = "Configure-Request",
	[GIST_CONFACK] = "Configure-Ack",
	[GIST_CONFNAK] = "Configure-Nak",
	[GIST_CONFREJ] = "Configure-Reject",
	[GIST_TERMREQ] = "Terminate-Request",
	[GIST_TERMACK] = "Terminate-Ack",
	[GIST_CHALLENGE] = "Challenge",
	[GIST_RESPONSE] = "Response",
	[GIST_PAP_REQUEST] = "Authenticate-Request",
	[GIST_SUCCESS] = "Success",
	[GIST_FAILURE] = "Failure",
	[GIST_CDN_RESULT] = "CDN",
	[GIST_STOPCCN_RESULT] = "StopCCN",
	[GIST_CDN] = "CDN",
	[GIST_STOPCCN] = "StopCCN",
	[GIST_OPENED] = "acknowledged both ways",
	[GIST_STARTS_OVER] = "LCP Configure-Request in Opened",
};

static struct str result_said(struct arena *a, const struct mark *m)
{
	const char *name =
		code_name(m->gist == GIST_CDN_RESULT ? CODE_CDN : CODE_STOPCCN, m->gist_number);

	return arena_printf(a, "%s result %u%s%s%s", gists[m->gist], m->gist_number,
			    name ? " (" : "", name ? name : "", name ? ")" : "");
}

struct str mark_said(struct arena *a, const struct mark *m)
{
	if (words_of(m)->text.len)
		return words_of(m)->text;
	if (m->gist == GIST_NONE)
		return (struct str){0};
	if (m->gist == GIST_CDN_RESULT || m->gist == GIST_STOPCCN_RESULT)
		return result_said(a, m);
	if (m->gist <= GIST_FAILURE)
		return arena_printf(a, "%s id %u", gists[m->gist], m->gist_number);
	return str_of(gists[m->gist]);
}

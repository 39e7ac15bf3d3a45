#include "fact.h"
#include "message.h"
#include "pick.h"
#include "run.h"
#include "spoken.h"
#include "wireshark.h"

static const char *const order_severity[] = {"note", "warning", "error", NULL};

static void get_rule(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, s->finding->rule->id);
}

static void get_severity(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, severity_word(s->finding->severity));
}

static void get_call(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	if (s->finding->call != NULL)
		fact_id(f, s->finding->call->number);
}

static void get_tunnel(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	if (s->finding->tunnel != NULL)
		fact_id(f, s->finding->tunnel->number);
	else if (s->finding->call != NULL && s->finding->call->tunnel != NULL)
		fact_id(f, s->finding->call->tunnel->number);
}

static void get_time(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_time(f, &s->finding->mark);
}

static void get_count(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_number(f, s->finding->count == 0 ? 1 : s->finding->count);
}

/* The title says it where the finding has no words of its own. */
static void get_text(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	if (s->finding->text.len > 0)
		fact_text(f, fact_masked(s, s->finding->text));
	else
		fact_word(f, s->finding->rule->title);
}

static void get_cause(const struct subject *s, int which, struct fact *f)
{
	const struct finding *finding = s->finding;

	(void)which;
	if (finding->cause.len > 0 && finding->cause.at != finding->rule->explain)
		fact_text(f, fact_masked(s, finding->cause));
	else
		fact_word(f, finding->rule->explain);
}

static void get_advice(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	if (s->finding->advice.len > 0)
		fact_text(f, s->finding->advice);
	else
		fact_word(f, s->finding->rule->advice);
}

static void get_ref(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, s->finding->rule->ref);
}

/* Of a finding that was told its copy has all that is known; empty: nothing. */
static struct str copied_words(const struct finding *f, uint64_t number)
{
	for (size_t i = 0; i < f->n_evidence; i++)
		if (mark_number(&f->evidence[i]) == number)
			return f->said[i];
	return (struct str){0};
}

struct str mark_words(const struct subject *s, const struct mark *m)
{
	const struct step *step = s->run == NULL ? NULL : run_step_of(s->run, mark_number(m));
	struct text t = text_make(LIMIT_OUTPUT_LINE);
	struct str words;

	words = mark_said(s->arena, m);
	if (words.len > 0)
		return fact_masked(s, words);
	if (step == NULL && s->finding != NULL && s->finding->said != NULL)
		return copied_words(s->finding, mark_number(m));
	if (step == NULL)
		return s->finding == NULL ? words : spoken_of(s->report, s->finding, m);
	message_words(&t, step->event, s->show_secrets);
	words = arena_str(s->arena, text_str(&t));
	text_free(&t);
	return words;
}

static void write_evidence(struct writer *j, const struct subject *s, const struct mark *m)
{
	writer_open(j, '{');
	writer_pair_known(j, "input",
			  mark_input(m) < s->n_inputs ? s->input_names[mark_input(m)]
						      : (struct str){0});
	if (mark_frame(m) != 0)
		writer_pair_unsigned(j, "frame", mark_frame(m));
	if (mark_frame(m) == 0 || mark_line(m) != 0)
		writer_pair_id(j, "line", mark_line(m));
	writer_pair_known(j, "text", mark_words(s, m));
	if (mark_damage(m) != NULL) {
		writer_pair_known(j, "was", fact_masked(s, mark_damage(m)->was));
		writer_pair_known(j, "should_be", fact_masked(s, mark_damage(m)->should_be));
		writer_pair_known(j, "proof", fact_masked(s, mark_damage(m)->proof));
	}
	writer_close(j, '}');
}

static void get_id(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_id(f, s->finding->number);
}

static void get_root(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	if (s->finding->root != NULL)
		fact_id(f, s->finding->root->number);
}

static void get_consequences(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_number(f, s->finding->consequences);
}

static void get_evidence(const struct subject *s, int which, struct fact *f)
{
	const struct finding *finding = s->finding;
	struct text t = text_make(LIMIT_OUTPUT_LINE);
	struct writer j = writer_into(&t);

	(void)which;
	writer_open(&j, '[');
	for (size_t i = 0; i < finding->n_evidence; i++)
		write_evidence(&j, s, &finding->evidence[i]);
	if (finding->n_evidence == 0 && finding->mark.is_set)
		write_evidence(&j, s, &finding->mark);
	writer_close(&j, ']');
	f->kind = FACT_RAW;
	f->text = arena_str(s->arena, text_str(&t));
	text_free(&t);
}

static void get_fingerprint(const struct subject *s, int which, struct fact *f)
{
	char room[32];
	struct text t = text_in(room, sizeof(room));

	(void)which;
	finding_fingerprint(&t, s->finding);
	fact_text(f, arena_str(s->arena, text_str(&t)));
}

static void get_wireshark(const struct subject *s, int which, struct fact *f)
{
	struct text t = text_make(LIMIT_RECORD);

	(void)which;
	if (wireshark_finding(&t, s->finding))
		fact_text(f, arena_str(s->arena, text_str(&t)));
	text_free(&t);
}

/* clang-format off */
static const struct field rows[] = {
	{"rule", "rule", FACT_TEXT, 0, NULL, get_rule, "id of the rule"},
	{"severity", "severity", FACT_TEXT, 0, order_severity, get_severity, "note < warning < error"},
	{"call", "call", FACT_NUMBER, 0, NULL, get_call, "number of the call"},
	{"tunnel", "tunnel", FACT_NUMBER, 0, NULL, get_tunnel, "number of the tunnel"},
	{"time", "time", FACT_TIME, 0, NULL, get_time, "of the first evidence"},
	{"count", "count", FACT_NUMBER, 0, NULL, get_count, "how often"},
	{"text", "text", FACT_TEXT, 0, NULL, get_text, "what is wrong, with values"},
	{"cause", "cause", FACT_TEXT, 0, NULL, get_cause, "what usually causes it"},
	{"advice", "advice", FACT_TEXT, 0, NULL, get_advice, "what to do"},
	{"ref", "ref", FACT_TEXT, 0, NULL, get_ref, "RFC and section"},
	{"fingerprint", "fingerprint", FACT_TEXT, 0, NULL, get_fingerprint,
	 "the same for the same fault of the same parties; for --baseline"},
	{"wireshark", "wireshark", FACT_TEXT, 0, NULL, get_wireshark, "display filter for its packets"},
	{"id", "id", FACT_NUMBER, 0, NULL, get_id, "number of the finding in this run"},
	{"root", "root", FACT_NUMBER, 0, NULL, get_root, "id of the finding that it is a consequence of"},
	{"consequences", "consequences", FACT_NUMBER, 0, NULL, get_consequences,
	 "how many findings are consequences of it"},
	{"evidence", "evidence", FACT_RAW, 0, NULL, get_evidence, "input, frame or line, and text"},
};
/* clang-format on */

const struct field_set field_findings = {"finding", rows, sizeof(rows) / sizeof(rows[0])};

/* The words that a field may be, where these are known: for --where, which would silently fit
 * nothing, and for completion. */
#include "cause_table.h"
#include "field.h"

static const char *word_of_outcome(size_t i)
{
	return i <= OUTCOME_FAILED ? outcome_name((enum outcome)i) : NULL;
}

static const char *word_of_direction(size_t i)
{
	return i < 2 ? direction_name(i == 0 ? INCOMING : OUTGOING) : NULL;
}

static const char *word_of_ender(size_t i)
{
	static const enum role roles[] = {ROLE_LAC, ROLE_LNS, ROLE_CLIENT, ROLE_NETWORK};

	return i < 4 ? role_name(roles[i]) : NULL;
}

static const char *word_of_end(size_t i)
{
	static const enum role roles[] = {ROLE_INITIATOR, ROLE_RESPONDER, ROLE_NETWORK};

	return i < 3 ? role_name(roles[i]) : NULL;
}

static const char *word_of_cause(size_t i)
{
	const struct cause_fact *rows;

	return i < cause_rows(&rows) ? rows[i].slug : NULL;
}

static const char *word_of_rule(size_t i)
{
	const struct rule_row *const *rows;

	return i < rule_rows(&rows) ? rows[i]->id : NULL;
}

static const struct {
	const struct field_set *set;
	const char *key;
	const char *(*word)(size_t i);
} lists[] = {
	{&field_calls, "outcome", word_of_outcome},
	{&field_calls, "direction", word_of_direction},
	{&field_calls, "ended_by", word_of_ender},
	{&field_calls, "cause", word_of_cause},
	{&field_calls, "also", word_of_cause},
	{&field_calls, "findings", word_of_rule},
	{&field_tunnels, "outcome", word_of_outcome},
	{&field_tunnels, "ended_by", word_of_end},
	{&field_tunnels, "cause", word_of_cause},
	{&field_tunnels, "findings", word_of_rule},
	{&field_findings, "rule", word_of_rule},
};

const char *field_word(const struct field_set *set, const struct field *f, size_t i)
{
	if (f->order != NULL)
		return f->order[i];
	for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++) {
		if (lists[k].set == set && strcmp(lists[k].key, f->key) == 0)
			return lists[k].word(i);
	}
	return NULL;
}

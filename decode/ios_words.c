/* The words of a record as IOS means them. */
#include "ios_words.h"

#include "character.h"
#include "code.h"

/* What IOS calls the states of RFC 1661 4.2. A passive open waits in Stopped. TERMsent is
 * Closing or Stopping: it claims neither. */
static const struct state_word {
	const char *word;
	int state;
} states[] = {
	{"Not negotiated", 0}, {"Initial", 0}, {"Starting", 1}, {"Closed", 2},  {"Stopped", 3},
	{"Listen", 3},         {"Closing", 4}, {"Stopping", 5}, {"REQsent", 6}, {"ACKrcvd", 7},
	{"ACKsent", 8},        {"Open", 9},    {"Opened", 9},
};

static int state_of(struct str word)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (str_is_nocase(word, states[i].word))
			return states[i].state;
	return -1;
}

static uint16_t ppp_protocol_of(struct str word)
{
	/* asked first: nearly all lines are of these */
	static const uint16_t common[] = {PPP_LCP, PPP_IPCP, PPP_CHAP, PPP_PAP};
	const struct code_row *row;

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (str_is(word, code_name(CODE_PPP_PROTOCOL, common[i])))
			return common[i];
	if (str_starts(word, "MS-CHAP"))
		return PPP_CHAP;
	row = code_by_name(CODE_PPP_PROTOCOL, word);
	return row ? (uint16_t)row->number : 0;
}

/* Of `CONFREQ`, `TERMREQ`, `CHALLENGE` …; 0 when it is none. */
static uint8_t ppp_code_of(uint16_t protocol, struct str word)
{
	if (!word.len)
		return 0;
	for (unsigned code = 1; code < 32; code++) {
		const char *name = ppp_code_short(protocol, (uint8_t)code);

		if (name && str_is_nocase(word, name))
			return (uint8_t)code;
	}
	return 0;
}

uint16_t message_of(struct str word)
{
	const struct code_row *row;

	if (str_starts(word, "ZLB"))
		return ZLB;
	row = code_by_name(CODE_MESSAGE, word);
	return row ? (uint16_t)row->number : MESSAGE_UNKNOWN;
}

static bool sense_of(const struct log_record *r, enum sense *ret)
{
	struct str word = record_text(r, FIELD_DIRECTION);

	if (str_is(word, "O") || str_is(word, "out") || str_is(word, "Send") ||
	    str_is(word, "Sent")) {
		*ret = SENT;
		return true;
	}
	if (str_is(word, "I") || str_is(word, "in") || str_is(word, "Received")) {
		*ret = RECEIVED;
		return true;
	}
	if (r->kind == RECORD_MESSAGE && str_find(r->text, STR("Send ")) != SIZE_MAX) {
		*ret = SENT;
		return true;
	}
	return false;
}

struct log_words words_read(const struct log_record *r)
{
	struct str message = record_text(r, FIELD_MESSAGE);
	struct log_words w = {.is_read = true};
	enum sense sense = SENT;

	w.has_sense = sense_of(r, &sense);
	w.sense = (uint8_t)sense;
	w.message = message_of(message);
	w.protocol = ppp_protocol_of(record_text(r, FIELD_PROTOCOL));
	w.code = ppp_code_of(w.protocol, message);
	w.state = (int8_t)state_of(record_text(r, FIELD_STATE));
	return w;
}

bool words_are_fixed(const struct log_record *r)
{
	static const enum log_field read[] = {FIELD_DIRECTION, FIELD_MESSAGE, FIELD_PROTOCOL,
					      FIELD_STATE};

	for (size_t i = 0; i < sizeof(read) / sizeof(read[0]); i++) {
		struct str word = record_text(r, read[i]);

		for (size_t k = 0; k < word.len; k++)
			if (char_is_digit(word.at[k]))
				return false;
	}
	return true;
}

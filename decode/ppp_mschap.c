/* What MS-CHAP says inside CHAP's fields. */
#include "code.h"
#include "ppp_values.h"

enum { RESPONSE = 49, PEER_CHALLENGE = 16, RESERVED = 8, HALF = 24 };

/* RFC 2433 6, RFC 2759 6: the numbers are Windows' own. */
static const struct {
	uint32_t number;
	const char *meaning;
} errors[] = {
	{646, "not at this hour"},       {647, "account disabled"},
	{648, "password expired"},       {649, "no dial-in permission"},
	{691, "authentication failure"}, {709, "password could not be changed"},
};

static const struct {
	char letter;
	const char *name;
	bool is_number;
} fields[] = {
	{'E', "MS-CHAP error", true},
	{'R', "MS-CHAP retry allowed", true},
	{'C', "MS-CHAP new challenge", false},
	{'V', "MS-CHAP change password version", true},
	{'S', "MS-CHAP authenticator response", false},
	{'M', "MS-CHAP message", false},
};

static const char *error_meaning(uint64_t number)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].number == number)
			return errors[i].meaning;
	return NULL;
}

static void field_add(struct value_list *list, char letter, struct str text)
{
	struct span octets = span_of(text.at, text.len);
	uint64_t number;
	struct value *v;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (fields[i].letter != letter)
			continue;
		if (!fields[i].is_number || !str_u64(text, &number)) {
			value_text(list, "", fields[i].name, octets);
			return;
		}
		v = value_number(list, "", fields[i].name, octets, number);
		if (letter == 'E') {
			v->meaning = error_meaning(number);
			v->tells = true;
		}
		if (letter == 'R')
			v->meaning = number ? "yes" : "no";
		return;
	}
}

static bool starts_field(struct str s)
{
	if (s.len < 2 || s.at[1] != '=')
		return false;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].letter == s.at[0])
			return true;
	return false;
}

void mschap_text_values(struct value_list *list, struct span text)
{
	struct str left = {.at = (const char *)text.at, .len = text.len};

	while (left.len > 0) {
		char letter;
		size_t end = 2;

		if (!starts_field(left)) {
			left = str_from(left, 1);
			continue;
		}
		letter = left.at[0];
		while (letter != 'M' && end < left.len && left.at[end] != ' ')
			end++;
		if (letter == 'M') /* the last one; it may have blanks */
			end = left.len;
		field_add(list, letter, str_range(left.at + 2, left.at + end));
		left = str_from(left, end);
	}
}

static bool is_zero(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i])
			return false;
	return true;
}

void mschap_response_values(struct value_list *list, uint8_t algorithm, struct span response)
{
	struct bytes b = bytes_of(response);
	bool is_v2 = algorithm == CHAP_MSV2;
	struct span first, reserved, flag;

	if (response.len != RESPONSE)
		return;
	if (algorithm == 0)
		is_v2 = is_zero(span_of(response.at + PEER_CHALLENGE, RESERVED)) &&
			!is_zero(span_of(response.at, PEER_CHALLENGE));
	if (is_v2) {
		first = bytes_take(&b, PEER_CHALLENGE);
		reserved = bytes_take(&b, RESERVED);
		value_octets(list, "eap.ms_chap_v2.peer_challenge", "Peer-Challenge", first);
		value_octets(list, "eap.ms_chap_v2.reserved", "Reserved", reserved);
		value_octets(list, "eap.ms_chap_v2.nt_response", "NT-Response",
			     bytes_take(&b, HALF));
	} else {
		value_octets(list, "", "LAN Manager response", bytes_take(&b, HALF));
		value_octets(list, "", "NT-Response", bytes_take(&b, HALF));
	}
	flag = bytes_take(&b, 1);
	value_number(list, is_v2 ? "eap.ms_chap_v2.flags" : "", is_v2 ? "Flags" : "Use NT-Response",
		     flag, value_of_octets(flag));
}

void mschap_password_values(struct value_list *list, uint8_t code, struct span body)
{
	static const struct {
		uint8_t code;
		uint16_t octets;
		const char *name;
	} parts[] = {
		{5, 16, "Encrypted LM old password hash"},
		{5, 16, "Encrypted LM new password hash"},
		{5, 16, "Encrypted NT old password hash"},
		{5, 16, "Encrypted NT new password hash"},
		{5, 2, "New password length"},
		{5, 2, "Flags"},
		{6, 516, "Password encrypted with the old NT hash"},
		{6, 16, "Old NT hash encrypted with the new NT hash"},
		{6, 516, "Password encrypted with the old LM hash"},
		{6, 16, "Old LM hash encrypted with the new NT hash"},
		{6, 24, "LAN Manager response"},
		{6, 24, "NT-Response"},
		{6, 2, "Flags"},
		{7, 516, "Encrypted password"},
		{7, 16, "Encrypted hash"},
		{7, 16, "Peer-Challenge"},
		{7, 8, "Reserved"},
		{7, 24, "NT-Response"},
		{7, 2, "Flags"},
	};
	struct bytes b = bytes_of(body);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct span octets;

		if (parts[i].code != code)
			continue;
		octets = bytes_take(&b, parts[i].octets);
		if (!bytes_ok(&b))
			return;
		if (parts[i].octets == 2)
			value_number(list, "", parts[i].name, octets, value_of_octets(octets));
		else
			value_octets(list, "", parts[i].name, octets);
	}
}

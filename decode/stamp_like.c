/* A stamp that is printed like the one before it. */
#include "character.h"
#include "stamp.h"

enum { CLOCK_LETTERS = 8 }; /* of `12:00:00` */

static const int64_t second_ns = 1000000000;

/* −1: two digits do not stand there. */
static int two_digits(const char *at)
{
	unsigned tens = (unsigned)(at[0] - '0'), ones = (unsigned)(at[1] - '0');

	return tens > 9 || ones > 9 ? -1 : (int)(10 * tens + ones);
}

/* `12:00:00.235` with digits where the model has some, in nanoseconds; −1: not so. `length` 0: no
 * clock stands there. */
static int64_t clock_like(const char *at, const char *model, size_t length)
{
	int64_t ns = 0, grain = second_ns;
	int hours, minutes, seconds;

	if (length < CLOCK_LETTERS || at[2] != ':' || at[5] != ':')
		return -1;
	hours = two_digits(at);
	minutes = two_digits(at + 3);
	seconds = two_digits(at + 6);
	if ((hours | minutes | seconds) < 0)
		return -1;
	for (size_t i = CLOCK_LETTERS; i < length; i++) {
		bool is_digit = char_is_digit(model[i]);

		if (is_digit ? at[i] < '0' || at[i] > '9' : at[i] != model[i])
			return -1;
		if (is_digit) {
			grain /= 10;
			ns += (at[i] - '0') * grain;
		}
	}
	return ((hours * 60 + minutes) * 60 + seconds) * second_ns + ns;
}

bool stamp_goes_on(struct str text, const struct stamp *last, int64_t *ret)
{
	size_t length = last->end - last->start - last->clock;
	const char *at = text.at;

	if (!last->clock || text.len < length || at[length - 2] != ':' || at[length - 1] != ' ')
		return false;
	*ret = clock_like(at, last->text + last->clock, length - 2);
	return *ret >= 0 && at[0] <= '2' && (at[0] < '2' || at[1] <= '3') && at[3] <= '5' &&
	       at[6] <= '5';
}

bool stamp_like(struct str flow, size_t start, const struct stamp *last, struct stamp *ret)
{
	const char *at = flow.at + start;
	int64_t now;

	if (!last->clock || flow.len - start < last->end - last->start ||
	    memcmp(at, last->text, last->clock) != 0 ||
	    !stamp_goes_on(str_from(flow, start + last->clock), last, &now))
		return false;
	*ret = *last;
	ret->start = start;
	ret->end = start + (last->end - last->start);
	ret->when.ns += now - last->clock_ns;
	ret->clock_ns = now;
	memcpy(ret->text + last->clock, at + last->clock,
	       last->end - last->start - 2 - last->clock);
	return true;
}

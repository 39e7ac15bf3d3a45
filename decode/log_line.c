#include "log_line.h"

enum { LOOK = 1 << 14 /* octets of one record */, SECOND_NS = 1000000000 };

bool line_model_set(struct line_model *m, struct str content, size_t start, size_t end,
		    const struct stamp *head)
{
	size_t shown = head->end - head->start, length = end - start;
	size_t clock = head->clock ? shown - head->clock : 0; /* and what follows it */

	m->length = 0;
	if (!clock || length < shown || length - clock > sizeof(m->date) ||
	    (start > 0 && content.at[start - 1] != '\n') ||
	    memchr(content.at + start, '\n', length) ||
	    memcmp(content.at + end - clock, head->text + head->clock, clock - 2) != 0)
		return false;
	m->stamp = *head;
	m->date_length = length - clock;
	memcpy(m->date, content.at + start, m->date_length);
	m->length = length;
	m->second_ns = -1;
	m->found = SIZE_MAX;
	return true;
}

/* In the second of the line before it only the rest is to be read; `12:00:00.` and its digits. */
static bool part_of_second(const struct line_model *m, const char *at, int64_t *ret)
{
	const char *model = m->stamp.text + m->stamp.clock;
	size_t length = m->length - m->date_length - 2;
	int64_t ns = 0, scale = SECOND_NS;

	if (m->second_ns < 0 || memcmp(at, m->second, sizeof(m->second)) != 0 ||
	    at[length] != ':' || at[length + 1] != ' ')
		return false;
	for (size_t i = sizeof(m->second); i < length; i++) {
		unsigned digit = (unsigned)(at[i] - '0');

		if (model[i] < '0' || model[i] > '9') {
			if (at[i] != model[i])
				return false;
			continue;
		}
		if (digit > 9)
			return false;
		scale /= 10;
		ns += digit * scale;
	}
	*ret = m->second_ns + ns;
	return true;
}

/* Most lines have the stamp of the one before them. */
static bool is_like_found(const struct line_model *m, struct str content, size_t at)
{
	return m->found < content.len && content.at[at] == content.at[m->found] &&
	       memcmp(content.at + at, content.at + m->found, m->length) == 0;
}

/* Whether such a stamp stands at `at`; what time of the day it tells. */
static bool line_has_head(struct line_model *m, struct str content, size_t at, int64_t *ret)
{
	const char *clock = content.at + at + m->date_length;

	if (at == m->found) {
		*ret = m->found_ns;
		return true;
	}
	if (content.len - at < m->length)
		return false;
	if (is_like_found(m, content, at)) {
		m->found = at;
		*ret = m->found_ns;
		return true;
	}
	if (memcmp(content.at + at, m->date, m->date_length) != 0)
		return false;
	if (!part_of_second(m, clock, ret)) {
		if (!stamp_goes_on(str_from(content, at + m->date_length), &m->stamp, ret))
			return false;
		memcpy(m->second, clock, sizeof(m->second));
		m->second_ns = *ret / SECOND_NS * SECOND_NS;
	}
	m->found = at;
	m->found_ns = *ret;
	return true;
}

bool log_line_find(struct line_model *m, struct str content, size_t at, struct log_line *ret,
		   size_t *ret_looked)
{
	size_t line = at, most = content.len - at < LOOK ? content.len : at + LOOK;
	int64_t next;

	*ret = (struct log_line){.start = at, .body = at + m->length};
	if (!line_has_head(m, content, at, &ret->clock_ns))
		return false;
	while (line < most) {
		const char *end = memchr(content.at + line, '\n', most - line);

		if (!end)
			break;
		line = (size_t)(end - content.at) + 1;
		if (!ret->end)
			ret->end = line - 1;
		if (line_has_head(m, content, line, &next)) {
			ret->next = line;
			return true;
		}
	}
	*ret_looked = most;
	return false;
}

struct moment line_moment(const struct line_model *m, const struct log_line *line)
{
	struct moment when = m->stamp.when;

	when.ns += line->clock_ns - m->stamp.clock_ns;
	return when;
}

size_t line_stamp(const struct line_model *m, struct str content, const struct log_line *line,
		  char *ret)
{
	size_t clock = m->length - m->date_length - 2;

	memcpy(ret, m->stamp.text, m->stamp.clock);
	memcpy(ret + m->stamp.clock, content.at + line->start + m->date_length, clock);
	ret[m->stamp.clock + clock] = 0;
	return m->stamp.clock + clock;
}

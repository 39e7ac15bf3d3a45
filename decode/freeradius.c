/* FreeRADIUS 3 in debug mode (`radiusd -X`): each line of a request begins with its number. */
#include "speech.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "freeradius.received",
	 .pattern = "({count}) Received {message:*} Id {id} from {address}:{port} to {address2}:{value-decimal} length {length}",
	 .sample = "(0) Received Access-Request Id 0 from 127.0.0.1:57304 to 127.0.0.1:1812 length 82",
	 .reading = "count=0 message=Access-Request id=0 address=127.0.0.1 port=57304 address2=127.0.0.1 value-decimal=1812 length=82",
	 .kind = RECORD_SAID, .topic = SAID_RADIUS},
	{.name = "freeradius.sent",
	 .pattern = "({count}) Sent {message:*} Id {id} from {address}:{port} to {address2}:{value-decimal} length {length}",
	 .sample = "(0) Sent Access-Accept Id 0 from 127.0.0.1:1812 to 127.0.0.1:57304 length 38",
	 .reading = "count=0 message=Access-Accept id=0 address=127.0.0.1 port=1812 address2=127.0.0.1 value-decimal=57304 length=38",
	 .kind = RECORD_SAID, .topic = SAID_RADIUS},
	{.name = "freeradius.value",
	 .pattern = "({count}) {attribute} = {value}",
	 .sample = "(0)   User-Name = \"alice\"",
	 .reading = "count=0 attribute=User-Name value=\"alice\"",
	 .kind = RECORD_SAID, .topic = SAID_RADIUS_VALUE, .flags = ROW_CONTEXT},
	{.name = "freeradius.other",
	 .pattern = "({count}) {text}",
	 .sample = "(0)     [chap] = ok",
	 .reading = "count=0 text=[chap] = ok",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_GENERIC | ROW_CONTEXT},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

static void take(struct speech *s, void *state, const struct spoken *line)
{
	(void)state;
	speech_say(s, line, line->record.row->topic);
}

static const char *const programs[] = {NULL};

const struct daemon_dialect daemon_freeradius = {
	.name = "freeradius",
	.programs = programs,
	.tables = &table,
	.take = take,
};

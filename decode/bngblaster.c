/* bngblaster: its L2TP server names tunnels by a number of its own, no L2TP id. */
#include "speech.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "bngblaster.state",
	 .pattern = "L2TP {service:Debug|Info|Error} ({name}) Tunnel ({count}) state changed from {before} to {after}",
	 .sample = "L2TP Debug (LNS1) Tunnel (1) state changed from Wait-Control-Connection to Established",
	 .reading = "service=Debug name=LNS1 count=1 before=Wait-Control-Connection after=established",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "bngblaster.established",
	 .pattern = "L2TP {service:Debug|Info|Error} ({name}) Tunnel ({count}) with {user} ({address}) established",
	 .sample = "L2TP Info (LNS1) Tunnel (1) with vm (10.66.1.2) established",
	 .reading = "service=Info name=LNS1 count=1 user=vm address=10.66.1.2",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "bngblaster.session",
	 .pattern = "L2TP {service:Debug|Info|Error} ({name}) Tunnel ({count}) from {user} ({address}) session ({code}) established",
	 .sample = "L2TP Info (LNS1) Tunnel (1) from vm (10.66.1.2) session (1) established",
	 .reading = "service=Info name=LNS1 count=1 user=vm address=10.66.1.2 code=1",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "bngblaster.signal",
	 .pattern = "Received signal {text} ({code}), initiating teardown",
	 .sample = "Received signal Terminated (15), initiating teardown",
	 .reading = "text=Terminated code=15",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

static void take(struct speech *s, void *state, const struct spoken *line)
{
	(void)state;
	speech_say(s, line, line->record.row->topic);
}

static const char *const programs[] = {NULL};

const struct daemon_dialect daemon_bngblaster = {
	.name = "bngblaster",
	.programs = programs,
	.tables = &table,
	.take = take,
};

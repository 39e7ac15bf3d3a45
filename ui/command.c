#include "command.h"

#include <string.h>

const struct command *const commands[] = {
	&command_calls,    &command_tunnels, &command_show,
	&command_timeline, &command_decode,  &command_check,
	&command_annotate, &command_diagram, &command_explain,
	&command_export,   &command_redact,  &command_stats,
	&command_diff,     &command_report,  &command_map,
	&command_reduce,   &command_ui,      NULL,
};

const struct command *command_named(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

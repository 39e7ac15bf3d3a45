#include "ios_rows.h"

const struct grammar_row ios_prompt_row = {.name = "ios.prompt",
					   .pattern = "{host}#{?{text}}",
					   .sample = "LAC#show vpdn",
					   .reading = "host=LAC text=show vpdn",
					   .kind = RECORD_SAID,
					   .topic = SAID_COMMAND};

static const struct grammar_table *const tables[] = {
	&ios_l2tp_table,   &ios_newer_table, &ios_ppp_table,   &ios_aaa_table,
	&ios_radius_table, &ios_call_table,  &ios_config_table};

const struct dialect dialect_ios = {"cisco-ios", tables, sizeof(tables) / sizeof(tables[0])};

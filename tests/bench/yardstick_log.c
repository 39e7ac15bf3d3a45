/* The yardstick for logs: one alternation of twenty patterns of `debug vpdn` and `debug ppp`,
 * compiled by PCRE2's JIT, is looked for in every line; nothing is done with what it finds. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const patterns[] = {
	"Tnl (\\d+) L2TP: Tunnel state change from (\\S+) to (\\S+)",
	"Tnl/Cl (\\d+)/(\\d+) L2TP: Session state change from (\\S+) to (\\S+)",
	"(?:Tnl(?:/Cl)? [\\d/]+ L2TP|L2X): ([IO]) (\\S+(?: ctrl ack)?), flg (\\w+), ver (\\d), "
	"len (\\d+), tnl (\\d+), cl (\\d+), ns (\\d+), nr (\\d+)",
	"(?:Tnl(?:/Cl)? [\\d/]+ L2TP|L2X): Parse (Cisco )?AVP (\\d+), len (\\d+), flag (0x\\S+)"
	"( \\(M\\))?",
	"(?:Tnl(?:/Cl)? [\\d/]+ L2TP|L2X): Parse (\\w+)$",
	"(?:Tnl(?:/Cl)? [\\d/]+ L2TP|L2X): (Hostname|Vendor Name|Assigned Tunnel ID|"
	"Assigned Call ID|Chlng|Chlng Resp|Rx Window Size) (.*)",
	"(Vi\\d+|Se[\\d:]+) LCP: ([IO]) (CONFREQ|CONFACK|CONFNAK|CONFREJ|TERMREQ|TERMACK|PROTREJ) "
	"\\[(\\w+)\\] id (\\d+) len (\\d+)",
	"(Vi\\d+|Se[\\d:]+) IPCP: ([IO]) (CONFREQ|CONFACK|CONFNAK|CONFREJ|TERMREQ|TERMACK) "
	"\\[(\\w+)\\] id (\\d+) len (\\d+)",
	"(Vi\\d+|Se[\\d:]+) (LCP|IPCP|CCP):\\s+(\\w+) (.*?)\\s*\\((0x[0-9A-F]+)\\)",
	"(Vi\\d+|Se[\\d:]+) CHAP: ([IO]) (CHALLENGE|RESPONSE|SUCCESS|FAILURE) id (\\d+) len (\\d+)"
	"(?: from \"([^\"]*)\")?",
	"(Vi\\d+|Se[\\d:]+) PPP: Phase is (\\w+)(.*)",
	"(Vi\\d+|Se[\\d:]+) (LCP|IPCP): State is (\\w+)",
	"(Vi\\d+|Se[\\d:]+) LCP: ([IO]) (ECHOREQ|ECHOREP) \\[(\\w+)\\] id (\\d+) len (\\d+) "
	"magic (0x[0-9A-F]+)",
	"IPCP: (Install|Remove) route to ([\\d.]+)",
	"Result code\\((\\d+)\\): (\\d+): (.*)",
	"Error code\\((\\d+)\\): (.*)",
	"%(\\w+)-(\\d)-(\\w+): (.*)",
	"RADIUS: (.*)",
	"AAA/(\\w+)(?:/\\w+)?(.*)",
	"^((?: [0-9A-F]{2}| {6}[0-9A-F]{2})+)(?: \\.\\.\\.)?$",
};
enum { N_PATTERNS = sizeof(patterns) / sizeof(*patterns), BLOCK = 256 << 10 };

static pcre2_code *compiled(void)
{
	static char all[8192] = "(?|";
	PCRE2_SIZE where;
	pcre2_code *code;
	int error;

	for (size_t i = 0; i < N_PATTERNS; i++) {
		if (i)
			strcat(all, "|");
		strcat(all, patterns[i]);
	}
	strcat(all, ")");
	code = pcre2_compile((PCRE2_SPTR)all, PCRE2_ZERO_TERMINATED, 0, &error, &where, NULL);
	if (!code || pcre2_jit_compile(code, PCRE2_JIT_COMPLETE)) {
		fprintf(stderr, "yardstick_log: pattern, at %zu\n", where);
		exit(2);
	}
	return code;
}

int main(int argc, char **argv)
{
	FILE *log = argc == 2 ? fopen(argv[1], "r") : NULL;
	pcre2_code *code = compiled();
	pcre2_match_data *found = pcre2_match_data_create(64, NULL);
	char *block = malloc(2 * BLOCK);
	unsigned long lines = 0, hits = 0;
	size_t have = 0, n;

	if (!log || !found || !block) {
		fprintf(stderr, "usage: yardstick_log LOG\n");
		return 2;
	}
	setvbuf(log, NULL, _IONBF, 0);
	while ((n = fread(block + have, 1, BLOCK, log)) > 0) {
		char *line = block, *end = block + have + n, *newline;

		for (; (newline = memchr(line, '\n', (size_t)(end - line))); line = newline + 1) {
			lines++;
			hits += pcre2_jit_match(code, (PCRE2_SPTR)line, (size_t)(newline - line), 0,
						0, found, NULL) > 0;
		}
		have = (size_t)(end - line);
		if (have > BLOCK)
			have = 0; /* one endless line: the yardstick does not read it */
		memmove(block, line, have);
	}
	printf("%lu lines, %lu found\n", lines, hits);
	return 0;
}

#include "prefix_parts.h"

enum { TAGS = 4, WORD_MOST = 64 };

/* `>Oct  4 11:20:11 …`: a quote mark that its line stands right behind. */
static bool quotes_stamp(const struct reader *r)
{
	struct reader ahead = *r;
	struct prefix any = {0};

	ahead.at++;
	return take_stamp(&ahead, &any);
}

/* `  12. `, `- `, `> `, `| `: what a pastebin or a forum adds. True when it is a number. */
static bool skip_marks(struct reader *r)
{
	bool is_numbered = false;

	for (;;) {
		size_t before;
		int number;

		skip_blanks(r);
		before = r->at;
		if ((peek(r, 0) == '>' || peek(r, 0) == '-' || peek(r, 0) == '*') &&
		    char_is_blank(peek(r, 1))) {
			r->at += 2;
			continue;
		}
		if (peek(r, 0) == '>' && quotes_stamp(r)) {
			r->at++;
			continue;
		}
		if (str_starts(rest_of(r), "&gt; ")) {
			r->at += 5;
			continue;
		}
		if (take_number(r, 1, 6, &number) && (peek(r, 0) == '.' || peek(r, 0) == ')') &&
		    char_is_blank(peek(r, 1))) {
			r->at += 2;
			is_numbered = true;
			continue;
		}
		r->at = before;
		return is_numbered;
	}
}

/* `<30>`, and of RFC 5424 also the version behind it. */
static bool take_priority(struct reader *r, bool *is_5424)
{
	size_t before = r->at;
	int number;

	if (take_char(r, '<') && take_number(r, 1, 3, &number) && take_char(r, '>')) {
		if (peek(r, 0) == '1' && peek(r, 1) == ' ') {
			r->at += 2;
			*is_5424 = true;
		}
		return true;
	}
	r->at = before;
	return false;
}

static struct str take_word(struct reader *r)
{
	size_t start = r->at;

	while (r->at < r->line.len && !char_is_blank(peek(r, 0)))
		r->at++;
	return str_range(r->line.at + start, r->line.at + r->at);
}

/* RFC 5424 6.2, 6.3: host, program, pid, message id, structured data. */
static void take_5424(struct reader *r, struct prefix *ret)
{
	struct str word;
	uint32_t pid;

	skip_blanks(r);
	ret->host = take_word(r);
	skip_blanks(r);
	ret->program = take_word(r);
	if (str_is(ret->program, "-"))
		ret->program = (struct str){0};
	skip_blanks(r);
	word = take_word(r);
	if (str_u32(word, &pid))
		ret->pid = pid;
	skip_blanks(r);
	take_word(r);
	skip_blanks(r);
	if (peek(r, 0) == '[') {
		while (r->at < r->line.len && !(peek(r, 0) == ']' && char_is_blank(peek(r, 1))))
			r->at++;
		take_char(r, ']');
	} else {
		take_char(r, '-');
	}
	skip_blanks(r);
}

/* The same behind the time of a file that has no priorities: `… fw1 ppp 8727 - [meta
 * sequenceId="1"] …`. Only structured data with a parameter shows it. */
static bool looks_5424(const struct reader *r, struct str stamp)
{
	struct reader ahead = *r;
	struct str pid, data;
	uint32_t number;

	if (stamp.len < 19 || stamp.at[10] != 'T')
		return false;
	take_word(&ahead);
	skip_blanks(&ahead);
	take_word(&ahead);
	skip_blanks(&ahead);
	pid = take_word(&ahead);
	if (!str_is(pid, "-") && !str_u32(pid, &number))
		return false;
	skip_blanks(&ahead);
	take_word(&ahead);
	skip_blanks(&ahead);
	if (peek(&ahead, 0) != '[')
		return false;
	take_word(&ahead);
	skip_blanks(&ahead);
	data = take_word(&ahead);
	return str_find(data, STR("=\"")) != SIZE_MAX;
}

static bool is_tag_char(char c)
{
	return char_is_letter(c) || char_is_digit(c) || c == '-' || c == '_' || c == '.' ||
	       c == '/' || c == '(' || c == ')';
}

static bool is_known(struct str program, const char *const *programs)
{
	/* of IKE: without a dialect of their own, and often without `[pid]` */
	static const char *const beside[] = {"charon", "charon-nm", "charon-systemd", "pluto",
					     "racoon"};

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		if (str_is(program, beside[i]))
			return true;
	for (; *programs; programs++) {
		if (str_is(program, *programs))
			return true;
	}
	return false;
}

/* `pppd[1124]: `, or the name of a known program and a colon. */
static bool take_tag(struct reader *r, const char *const *programs, struct prefix *ret)
{
	size_t start = r->at, n = 0;
	struct str program, digits;
	uint32_t pid = 0;

	while (n < WORD_MOST && is_tag_char(peek(r, n)))
		n++;
	program = (struct str){r->line.at + start, n};
	if (n == 0 || !char_is_letter(program.at[0]))
		return false;
	if (peek(r, n) == '[') {
		size_t end = n + 1;

		while (char_is_digit(peek(r, end)))
			end++;
		digits = (struct str){r->line.at + start + n + 1, end - n - 1};
		if (digits.len == 0 || peek(r, end) != ']' || !str_u32(digits, &pid))
			return false;
		n = end + 1;
		if (peek(r, n) != ':')
			return false;
	} else if (peek(r, n) != ':' || !is_known(program, programs)) {
		return false;
	}
	r->at += n + 1;
	skip_blanks(r);
	ret->program = program;
	ret->pid = pid;
	return true;
}

/* `daemon.notice`, ` info:`, `DEBUG`: a level, between the stamp and the text. */
static bool take_level(struct reader *r)
{
	static const char *const facilities[] = {"daemon.", "user.",   "kern.",   "auth.",
						 "local0.", "local1.", "local2.", "local3.",
						 "local4.", "local5.", "local6.", "local7."};
	static const char *const levels[] = {"info:", "warn:",  "error:",   "debug:", "msg:",
					     "INFO ", "DEBUG ", "WARNING ", "ERROR "};
	struct str here = rest_of(r);

	for (size_t i = 0; i < sizeof(facilities) / sizeof(facilities[0]); i++) {
		if (str_starts(here, facilities[i])) {
			size_t n = strlen(facilities[i]);

			while (n < here.len && (char_is_letter(here.at[n]) || here.at[n] == '.' ||
						char_is_digit(here.at[n])))
				n++;
			if (n == here.len || !char_is_blank(here.at[n]))
				return false;
			r->at += n;
			skip_blanks(r);
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (str_starts(here, levels[i])) {
			r->at += strlen(levels[i]);
			skip_blanks(r);
			return true;
		}
	}
	return false;
}

/* RouterOS names the topics of a line: `l2tp,ppp,debug,packet text`, in Winbox `l2tp, debug |`,
 * and once more where a rule forwards it: `debug,!packet: text`. */
static bool take_topics(struct reader *r, struct prefix *ret)
{
	static const char *const topics[] = {"l2tp",   "ppp",     "pppoe", "info",    "debug",
					     "packet", "!packet", "error", "warning", "account",
					     "ipsec",  "system",  "event", "critical"};
	size_t at = r->at;
	unsigned n = 0;
	bool is_listed = false;

	for (;;) {
		size_t start = at, topic = 0;
		struct str word;

		while (at < r->line.len && (char_is_letter(r->line.at[at]) ||
					    r->line.at[at] == '!' || r->line.at[at] == '2'))
			at++;
		word = str_range(r->line.at + start, r->line.at + at);
		while (topic < sizeof(topics) / sizeof(topics[0]) && !str_is(word, topics[topic]))
			topic++;
		if (topic == sizeof(topics) / sizeof(topics[0])) {
			at = start;
			break;
		}
		bool goes_on = at < r->line.len && (r->line.at[at] == ',' || r->line.at[at] == ':');

		/* a list begins with a comma; another one may follow it */
		if (!goes_on && !is_listed) {
			at = start;
			break;
		}
		is_listed = goes_on && r->line.at[at] == ',';
		n++;
		at += goes_on;
		while (at < r->line.len && (char_is_blank(r->line.at[at]) || r->line.at[at] == '|'))
			at++;
	}
	if (n < 2)
		return false;
	r->at = at;
	ret->program = (struct str){"routeros", 8};
	return true;
}

/* A router whose lines bear no tag: what stands before them can only be its name. */
static bool begins_tagless(const struct reader *r)
{
	static const char *const heads[] = {"[L2TP] TUNNEL[", "[IKE] ", "PP[", "PPPOE[",
					    "IP Tunnel["};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (str_starts(rest_of(r), heads[i]))
			return true;
	return false;
}

/* A collector's name for the device: one word, and a tag behind it. */
static void take_host(struct reader *r, const char *const *programs, struct prefix *ret)
{
	struct prefix tag = *ret;
	struct reader ahead = *r;
	struct str word = take_word(&ahead);

	if (word.len == 0 || word.len > WORD_MOST || memchr(word.at, '[', word.len) ||
	    word.at[word.len - 1] == ':' || str_ends(word, "ing"))
		return; /* `Stopping xl2tpd: …` */
	skip_blanks(&ahead);
	take_level(&ahead);
	if (!take_topics(&ahead, &tag) && !take_tag(&ahead, programs, &tag) &&
	    !begins_tagless(&ahead))
		return;
	*ret = tag;
	ret->host = word;
	*r = ahead;
}

/* logcat: `1204  1302 D mtpd    : text`, the numbers being process and thread. */
static void take_logcat(struct reader *r, const char *const *programs, struct prefix *ret)
{
	struct reader ahead = *r;
	struct str process = take_word(&ahead), thread, level, tag;
	uint64_t pid, tid;

	if (!str_u64(process, &pid))
		return;
	skip_blanks(&ahead);
	thread = take_word(&ahead);
	skip_blanks(&ahead);
	level = take_word(&ahead);
	skip_blanks(&ahead);
	tag = take_word(&ahead);
	skip_blanks(&ahead);
	if (!str_u64(thread, &tid) || level.len != 1 || !memchr("VDIWEF", level.at[0], 6) ||
	    !is_known(tag, programs) || !take_char(&ahead, ':'))
		return;
	skip_blanks(&ahead);
	ret->program = tag;
	ret->pid = (uint32_t)pid;
	*r = ahead;
}

/* logcat, as older ones print: `D/mtpd    ( 1204): text`. */
static void take_logcat_brief(struct reader *r, const char *const *programs, struct prefix *ret)
{
	struct reader ahead = *r;
	size_t start, n = 0;
	struct str tag;
	int pid;

	if (!peek(&ahead, 0) || !strchr("VDIWEF", peek(&ahead, 0)) || peek(&ahead, 1) != '/')
		return;
	ahead.at += 2;
	start = ahead.at;
	while (n < WORD_MOST && is_tag_char(peek(&ahead, n)))
		n++;
	tag = (struct str){ahead.line.at + start, n};
	ahead.at += n;
	skip_blanks(&ahead);
	if (!is_known(tag, programs) || !take_char(&ahead, '('))
		return;
	skip_blanks(&ahead);
	if (!take_number(&ahead, 1, 7, &pid) || !take_char(&ahead, ')') || !take_char(&ahead, ':'))
		return;
	skip_blanks(&ahead);
	ret->program = tag;
	ret->pid = (uint32_t)pid;
	*r = ahead;
}

/* OPNsense shows program and process in columns of their own: `ppp 31322 [wan_link0] LCP: Up
 * event`, and others of its versions the level before them, where the process may be missing. */
static void take_columns(struct reader *r, const char *const *programs, struct prefix *ret)
{
	static const char *const levels[] = {"Emergency", "Alert",  "Critical",      "Error",
					     "Warning",   "Notice", "Informational", "Debug"};
	struct reader ahead = *r;
	struct str program = take_word(&ahead);
	struct reader process;
	uint32_t pid = 0;
	bool has_level = false;

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (!str_is(program, levels[i]))
			continue;
		skip_blanks(&ahead);
		program = take_word(&ahead);
		has_level = true;
		break;
	}
	if (!is_known(program, programs) || !skip_blanks(&ahead))
		return;
	process = ahead;
	if (str_u32(take_word(&process), &pid) && skip_blanks(&process))
		ahead = process;
	else if (!has_level)
		return;
	ret->program = program;
	ret->pid = pid;
	*r = ahead;
}

/* `PPP/7/debug2:`: a module, a severity and a name. */
static bool is_vrp_tag(struct str word)
{
	size_t slash = str_find(word, STR("/"));

	if (slash == SIZE_MAX || slash < 2 || slash + 4 > word.len ||
	    word.at[word.len - 1] != ':' || !char_is_digit(word.at[slash + 1]) ||
	    word.at[slash + 2] != '/')
		return false;
	for (size_t i = 0; i < slash; i++)
		if (!(word.at[i] >= 'A' && word.at[i] <= 'Z') && !char_is_digit(word.at[i]))
			return false;
	return true;
}

/* Cheap: most lines have none. */
static bool may_have_vrp_tag(struct str line)
{
	enum { LOOK = 2 * WORD_MOST };
	size_t n = line.len < LOOK ? line.len : LOOK;

	if (n == 0) /* which may be nowhere */
		return false;
	for (const char *at = line.at, *end = line.at + n; at < end; at++) {
		at = memchr(at, '/', (size_t)(end - at));
		if (!at)
			return false;
		if (end - at > 2 && at[2] == '/' && char_is_digit(at[1]))
			return true;
	}
	return false;
}

/* H3C and Huawei: `*Apr  4 10:12:03:123 2024 LAC PPP/7/debug2:`, `*0.784906 LAC PPP/8/debug2:`
 * (milliseconds since the device booted). The tag stays: it says what the line is about. */
static bool take_vrp(struct reader *r, struct prefix *ret)
{
	struct prefix mine = {0};
	struct reader ahead = *r;
	struct str word;
	size_t body;

	if (!may_have_vrp_tag(rest_of(r)))
		return false;
	if (peek(&ahead, 0) == '*' || peek(&ahead, 0) == '%' || peek(&ahead, 0) == '#')
		ahead.at++;
	if (!take_stamp(&ahead, &mine)) {
		size_t start = ahead.at;
		int high, low;

		if (!take_number(&ahead, 1, 4, &high) || !take_char(&ahead, '.') ||
		    !take_number(&ahead, 1, 9, &low))
			return false;
		mine.stamp = str_range(ahead.line.at + start, ahead.line.at + ahead.at);
		mine.when = (struct moment){
			.ns = (int64_t)low * 1000000, .grain_ns = 1000000, .kind = CLOCK_UPTIME};
	}
	if (!skip_blanks(&ahead))
		return false;
	mine.host = take_word(&ahead);
	if (!mine.host.len || mine.host.len > WORD_MOST || !skip_blanks(&ahead))
		return false;
	body = ahead.at;
	word = take_word(&ahead);
	if (!is_vrp_tag(word))
		return false;
	mine.program = STR("vrp");
	mine.body = body;
	mine.is_numbered = ret->is_numbered;
	*ret = mine;
	return true;
}

/* Solaris numbers its messages behind the tag: `[ID 702911 daemon.debug] `. */
static void take_message_id(struct reader *r)
{
	struct reader ahead = *r;
	int number;

	if (!str_starts(rest_of(&ahead), "[ID "))
		return;
	ahead.at += 4;
	if (!take_number(&ahead, 1, 9, &number) || !skip_blanks(&ahead) ||
	    !str_ends(take_word(&ahead), "]"))
		return;
	skip_blanks(&ahead);
	*r = ahead;
}

/* `<189>1: HOST: Nov 05 2014 14:20:00: %ASA-…`: what is left of a collector (shape_relay.c). */
static bool take_relayed(struct reader *r, struct prefix *ret)
{
	size_t before = r->at;

	if (str_starts(rest_of(r), "1: ")) {
		struct str host = str_from(rest_of(r), 3);
		size_t end = str_find(host, STR(": "));

		r->at += 3 + (end == SIZE_MAX ? host.len : end + 2);
		if (take_stamp(r, ret)) {
			ret->host = (struct str){host.at, end};
			return true;
		}
	}
	r->at = before;
	return false;
}

static void skip_severity(struct reader *r)
{
	static const char *const letters[] = {"[I] ", "[W] ", "[E] ", "[D] "};

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		if (str_starts(rest_of(r), letters[i])) {
			r->at += 4;
			return;
		}
	}
}

/* The stamp, quoted or in brackets if `is_quoted`; false: there is none. */
static bool take_time(struct reader *r, bool has_priority, bool is_quoted, struct prefix *ret)
{
	if (is_quoted)
		r->at++;
	if (!(has_priority && take_relayed(r, ret)) && !take_stamp(r, ret))
		return false;
	if (is_quoted) {
		while (strchr("\"],:", peek(r, 0)) && peek(r, 0))
			r->at++;
		skip_blanks(r);
		take_char(r, '"');
	}
	return true;
}

/* Who wrote the line, in the form in which one of them says so. */
static void take_program(struct reader *r, const char *const *programs, bool has_stamp,
			 struct prefix *ret)
{
	if (!ret->program.len && has_stamp)
		take_logcat(r, programs, ret);
	if (!ret->program.len)
		take_logcat_brief(r, programs, ret);
	if (!ret->program.len && has_stamp)
		take_columns(r, programs, ret);
	if (!ret->program.len && !take_topics(r, ret) && !take_tag(r, programs, ret) && has_stamp)
		take_host(r, programs, ret);
	for (int i = 0; i < TAGS && ret->program.len; i++) {
		struct prefix inner = *ret;

		take_level(r);
		if (!take_tag(r, programs, &inner))
			break;
		*ret = inner;
	}
}

void prefix_read(struct str line, int year, const char *const *programs, struct prefix *ret)
{
	struct reader r = {.line = line, .year = year};
	bool is_5424 = false, has_priority, is_quoted, has_stamp;
	size_t before;

	*ret = (struct prefix){0};
	ret->is_numbered = skip_marks(&r);
	if (peek(&r, 0) == '`' && peek(&r, 1) != '`') {
		ret->is_code = true;
		r.at++;
	}
	before = r.at;
	has_priority = take_priority(&r, &is_5424);
	if (take_vrp(&r, ret))
		return;
	skip_severity(&r);
	is_quoted = peek(&r, 0) == '"' || peek(&r, 0) == '[';
	has_stamp = take_time(&r, has_priority, is_quoted, ret);
	if (!has_stamp)
		r.at = before;
	skip_blanks(&r);
	if ((is_5424 && has_stamp) || (!is_quoted && looks_5424(&r, ret->stamp)))
		take_5424(&r, ret);
	ret->has_level = take_level(&r);
	take_program(&r, programs, has_stamp, ret);
	take_message_id(&r);
	/* behind a level it is accel-ppp's interface, which has no name yet */
	if (!ret->program.len && !ret->has_level && peek(&r, 0) == ':' &&
	    char_is_blank(peek(&r, 1))) {
		r.at++;
		skip_blanks(&r);
	}
	ret->body = r.at;
}

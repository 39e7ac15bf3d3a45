#include <stdio.h>
#include <stdlib.h>

#include "shapes.h"

/* ---- a collector's words before those of the device ---- */

/* Collectors of a device that prints its own time; each line in turn has one more second. */
static const struct collecting {
	const char *name, *format;
	unsigned loses;
} collectors[] = {
	{"PRI, sequence, host", "<190>%zu: gw: ", LOSES_NAMES},
	{"sequence", "%06zu: ", KEEPS_ALL},
	{"syslog", "Mar  3 00:04:10 10.1.1.1 %zu: ", LOSES_NAMES},
	{"syslog with facility", "Mar  3 00:04:10 gw local7.debug %zu: ", LOSES_NAMES},
	{"RFC 5424", "<191>1 2026-03-03T00:04:10.000Z gw - - %zu - ", LOSES_NAMES},
	{"RFC 5424 with data", "<191>1 2026-03-03T00:04:10Z gw IOS 12 - [meta seq=\"%zu\"] ",
	 LOSES_NAMES},
	{"RFC 3339", "2026-03-03T00:04:10.000+00:00 gw %zu: ", LOSES_NAMES},
};

/* ---- another time, at the beginning of each line that has one ---- */

struct stamping {
	const char *name, *form; /* `$t` the time of day, `$f` with its fraction, `$h` the host */
	unsigned loses;
};

static const struct stamping ios_stamps[] = {
	{"not synchronised", "*Jan  1 $f: ", KEEPS_ALL},
	{"lost synchronisation", ".Jan  1 $f: ", KEEPS_ALL},
	{"year and zone", "Jan  1 2002 $f CET: ", LOSES_TIME},
	{"no milliseconds", "Jan  1 $t: ", LOSES_TIME},
	{"uptime", "$t: ", LOSES_TIME},
	{"long uptime", "2w3d: ", LOSES_TIME | LOSES_FINDINGS},
	{"longer uptime", "1y4w: ", LOSES_TIME | LOSES_FINDINGS},
	{"no times", "", LOSES_TIME | LOSES_FINDINGS},
};

static const struct stamping syslog_stamps[] = {
	{"PRI", "<30>Nov 20 $t $h ", LOSES_TIME},
	{"RFC 3339", "2026-11-20T$t.000000+00:00 $h ", LOSES_TIME},
	{"journalctl -o short-iso", "2026-11-20T$t+0000 $h ", LOSES_TIME},
	{"logread", "Thu Feb  7 $t 2019 daemon.err ", LOSES_TIME | LOSES_NAMES},
	{"svlogd", "2025-11-16_$t.39756 ", LOSES_TIME | LOSES_NAMES},
	{"German month", "M\xc3\xa4r 20 $t $h ", LOSES_TIME},
	{"French month", "ao\xc3\xbbt 20 $t $h ", LOSES_TIME},
	{"Spanish month", "ene 20 $t $h ", LOSES_TIME},
	{"Japanese month", "12\xe6\x9c\x88 20 $t $h ", LOSES_TIME},
	{"Polish month", "pa\xc5\xba 20 $t $h ", LOSES_TIME},
	{"no year, with a year", "Nov 20 2026 $t $h ", LOSES_TIME},
	{"epoch", "1700000000.123456 ", LOSES_TIME | LOSES_NAMES | LOSES_FINDINGS},
	{"journalctl -o short-precise", "Nov 20 $t.123456 $h ", LOSES_TIME},
	{"journalctl -o short-full", "Fri 2026-11-20 $t UTC $h ", LOSES_TIME},
	{"journalctl -o short-monotonic", "[ 4817.123456] $h ", LOSES_TIME | LOSES_FINDINGS},
	{"busybox syslogd", "Nov 20 $t $h daemon.info ", LOSES_TIME},
	{"no host", "Nov 20 $t ", LOSES_TIME | LOSES_NAMES},
	{"no times", "", LOSES_TIME | LOSES_NAMES | LOSES_FINDINGS},
	{"TAI64N", "@4000000065f1a2b31c9c3d44 ", LOSES_TIME | LOSES_NAMES | LOSES_FINDINGS},
};

/* `Jan  1 00:04:10.235: ` or `Nov 20 13:03:36 host `: its length, where its time and its host
 * stand; 0 when the line begins otherwise. */
static size_t stamp_length(struct str line, struct str *time, struct str *host)
{
	const char *space;
	size_t end = 7;

	if (line.len < 16 || line.at[3] != ' ' || line.at[9] != ':' || line.at[12] != ':')
		return 0;
	while (end < line.len && line.at[end] != ' ')
		end++;
	*time = (struct str){line.at + 7, end - 7};
	*host = STR("");
	if (time->at[time->len - 1] == ':') {
		time->len--;
		return end + 1;
	}
	space = memchr(line.at + end + 1, ' ', line.len - end - 1);
	if (!space)
		return 0;
	*host = str_range(line.at + end + 1, space);
	return (size_t)(space - line.at) + 1;
}

static void make_stamped(const struct stamping *f, const struct lines *in, struct text *out)
{
	for (size_t i = 0; i < in->n; i++) {
		struct str time, host;
		size_t n = stamp_length(in->at[i], &time, &host);

		for (const char *c = n ? f->form : ""; *c; c++) {
			if (*c != '$') {
				text_putc(out, *c);
				continue;
			}
			c++;
			text_add(out, *c == 'h'   ? host
				      : *c == 'f' ? time
						  : (struct str){time.at, 8});
		}
		add_line(out, "", str_from(in->at[i], n), "");
	}
}

/* ---- New Year ---- */

static double seconds_of(struct str time)
{
	char digits[32];
	size_t n = time.len < sizeof(digits) - 1 ? time.len : sizeof(digits) - 1;

	memcpy(digits, time.at, n);
	digits[n] = 0;
	return atof(digits) * 3600 + atof(digits + 3) * 60 + atof(digits + 6);
}

/* The middle of the log is midnight of the year's last day. */
static void make_new_year(const struct lines *in, struct text *out)
{
	struct str time, host;
	double midnight = -1;

	for (size_t i = in->n / 2; i < in->n && midnight < 0; i++)
		if (stamp_length(in->at[i], &time, &host))
			midnight = seconds_of(time);
	for (size_t i = 0; i < in->n; i++) {
		size_t n = stamp_length(in->at[i], &time, &host);
		double at = n ? seconds_of(time) - midnight : 0;
		bool is_old = at < 0;
		unsigned day;

		at += is_old ? 86400 : 0;
		day = (unsigned)at;
		if (n)
			text_printf(out, "%s %02u:%02u:%0*.*f%s", is_old ? "Dec 31" : "Jan  1",
				    day / 3600, day / 60 % 60, time.len > 8 ? 6 : 2,
				    time.len > 8 ? 3 : 0, at - 60 * (day / 60),
				    host.len ? " " : ": ");
		if (n && host.len) {
			text_add(out, host);
			text_putc(out, ' ');
		}
		add_line(out, "", str_from(in->at[i], n), "");
	}
}

/* ---- `program[pid]: ` ---- */

/* Where the tag behind the stamp begins and ends; false when there is none. */
static bool tag_of(struct str line, struct str *ret_stamp, struct str *ret_program,
		   struct str *ret_pid, struct str *ret_text)
{
	struct str time, host;
	size_t n = stamp_length(line, &time, &host), open, end;
	struct str rest = str_from(line, n);

	open = str_find(rest, STR("["));
	end = str_find(rest, STR("]: "));
	if (!n || open == SIZE_MAX || end == SIZE_MAX || end < open || open > 24)
		return false;
	*ret_stamp = (struct str){line.at, n};
	*ret_program = (struct str){rest.at, open};
	*ret_pid = str_range(rest.at + open + 1, rest.at + end);
	*ret_text = str_from(rest, end + 3);
	return true;
}

struct tagging {
	const char *name, *form; /* `$s` stamp, `$p` program, `$i` pid, `$h` host, `$t` time */
	unsigned loses;
};

static const struct tagging taggings[] = {
	{"tag twice", "$s$p[$i]: $p[$i]: ", KEEPS_ALL},
	{"tag of a supervisor", "$sNetworkManager[616]: $p[$i]: ", KEEPS_ALL},
	{"bare tag and tag", "$s$p: $p[$i]: ", KEEPS_ALL},
	{"RFC 5424", "<30>1 2026-11-20T$tZ $h $p $i - - ", LOSES_TIME},
	{"RFC 5424 with data", "<30>1 2026-11-20T$t.000+00:00 $h $p $i - [meta sequenceId=\"9\"] ",
	 LOSES_TIME},
	{"facility and tag", "$sdaemon.notice $p[$i]: ", KEEPS_ALL},
	{"tag alone", "$p[$i]: ", LOSES_TIME | LOSES_NAMES | LOSES_FINDINGS},
};

static void make_tagged(const struct tagging *f, const struct lines *in, struct text *out)
{
	for (size_t i = 0; i < in->n; i++) {
		struct str stamp, program, pid, text, time, host;

		if (!tag_of(in->at[i], &stamp, &program, &pid, &text)) {
			add_line(out, "", in->at[i], "");
			continue;
		}
		stamp_length(in->at[i], &time, &host);
		for (const char *c = f->form; *c; c++) {
			if (*c != '$') {
				text_putc(out, *c);
				continue;
			}
			c++;
			text_add(out, *c == 's'   ? stamp
				      : *c == 'p' ? program
				      : *c == 'i' ? pid
				      : *c == 'h' ? host
						  : (struct str){time.at, 8});
		}
		add_line(out, "", text, "");
	}
}

/* A collector folds what was repeated; what it folded here is of nobody's. */
static void make_folded(bool in_brackets, const struct lines *in, struct text *out)
{
	for (size_t i = 0; i < in->n; i++) {
		struct str stamp, program, pid, text;

		add_line(out, "", in->at[i], "");
		if (i % 9 != 4 || !tag_of(in->at[i], &stamp, &program, &pid, &text))
			continue;
		text_add(out, stamp);
		text_puts(out, "whoopsie[1222]: online\n");
		text_add(out, stamp);
		text_puts(out, in_brackets ? "whoopsie[1222]: message repeated 4 times: [ online]\n"
					   : "last message repeated 2 times\n");
	}
}

static void take(const struct shape_taker *taker, const char *name, struct text *t, unsigned loses)
{
	taker->take(taker->self, name, t, loses);
}

static void take_stamps(const struct lines *in, struct text *t, const struct shape_taker *taker,
			const struct stamping *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		make_stamped(&all[i], in, t);
		take(taker, all[i].name, t, all[i].loses);
	}
}

/* What was made once more, with a blank for each line end. */
static void take_flat(const struct shape_taker *taker, const char *name, struct text *shaped,
		      unsigned loses)
{
	struct text flat = text_make(TEXT_ROOM);
	struct str all = text_str(shaped);
	char flat_name[64];

	for (size_t i = 0; i < all.len; i++)
		text_putc(&flat, all.at[i] == '\n' ? ' ' : all.at[i]);
	snprintf(flat_name, sizeof(flat_name), "%s, one line", name);
	take(taker, name, shaped, loses);
	take(taker, flat_name, &flat, loses);
	text_free(&flat);
}

static void take_tags(const struct lines *in, struct text *t, const struct shape_taker *taker)
{
	for (size_t i = 0; i < sizeof(taggings) / sizeof(taggings[0]); i++) {
		make_tagged(&taggings[i], in, t);
		/* RFC 5424 begins with `<PRI>1 ` and ends in `-`: nothing parts its records on one
		 * line from a packet's `<mru 1400>` */
		if (strncmp(taggings[i].name, "RFC 5424", 8) == 0)
			take(taker, taggings[i].name, t, taggings[i].loses);
		else
			take_flat(taker, taggings[i].name, t, taggings[i].loses);
	}
	make_folded(false, in, t);
	take(taker, "last message repeated", t, KEEPS_ALL);
	make_folded(true, in, t);
	take(taker, "message repeated: [ ]", t, KEEPS_ALL);
}

void shapes_of_stamps(const struct lines *in, bool is_ios, const struct shape_taker *taker)
{
	struct text t = text_make(TEXT_ROOM);

	for (size_t i = 0; is_ios && i < sizeof(collectors) / sizeof(collectors[0]); i++) {
		make_numbered(collectors[i].format, in, &t);
		take(taker, collectors[i].name, &t, collectors[i].loses);
	}
	if (is_ios)
		take_stamps(in, &t, taker, ios_stamps, sizeof(ios_stamps) / sizeof(ios_stamps[0]));
	else
		take_stamps(in, &t, taker, syslog_stamps,
			    sizeof(syslog_stamps) / sizeof(syslog_stamps[0]));
	make_new_year(in, &t);
	take(taker, "New Year", &t, KEEPS_ALL);
	if (!is_ios)
		take_tags(in, &t, taker);
	text_free(&t);
}

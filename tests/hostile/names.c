#include "names.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NAME(s)                                                                                    \
	{                                                                                          \
		s, sizeof(s) - 1                                                                   \
	}

static const struct name beginnings[] = {
	/* markup */
	NAME("</script><script>alert(\"x\")</script>"),
	NAME("<img src=x onerror=alert(1)><a href=\"javascript:alert(1)\" x='"),
	NAME("]]><![CDATA[<!--x--> --> &#x3c;b&#x3e; &amp;#35; <?php ?>"),
	NAME("{{1+1}} ${x} $(x) `x` $$x^2$$ $x %date()"),
	/* terminals */
	NAME("\x1b[31mred\x1b]0;title\x07\x1b[2J\x1bP1q"),
	NAME("\xc2\x9b"
	     "31m\xc2\x85\xc2\x90\x7f"),
	NAME("a\nb\r\nc\td\0e\vf\fg"),
	NAME("\xe2\x80\xae"
	     "resu\xe2\x80\xac\xe2\x81\xa6x\xe2\x81\xa9\xe2\x80\x8f\xd8\x9c"),
	NAME("\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf\xef\xbf\xbe\xef\xbf\xbf\xf3\xa0\x80\x81\xee\x80"
	     "\x80"),
	NAME("a\xc2\xad"
	     "b\xcd\x8f"
	     "c\xe1\x85\x9f\xe1\x9e\xb4\xe1\xa0\x8e\xe2\x81\xaf\xe3\x85\xa4\xef\xb8\x8f\xef\xbe\xa0"
	     "\xef"
	     "\xbf\xb9\xf0\x9b\xb2\xa0\xf3\xa0\x84\x80"),
	NAME("\xff\xfe\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82"),
	/* spreadsheets */
	NAME("=cmd|'/C calc'!A0"),
	NAME("@SUM(1+1)*cmd|' /C calc'!A0"),
	NAME("+1+cmd"),
	NAME("-1-cmd"),
	NAME("  =1+1;=2,=3\"=4"),
	NAME("\t=1"),
	NAME("\xef\xbc\x9d"
	     "1+1"),
	/* format strings, shells, paths */
	NAME("%n%s%x%1$n"),
	NAME("';rm -rf x;\"\\\\`x`|&>x"),
	NAME("../../x/../x"),
	/* diagrams */
	NAME("end"),
	NAME("end note;activate P1;-->x<<<y--;note over P0: z"),
	NAME("click P0 href \"javascript:alert(1)\""),
	NAME("!include /etc/passwd\\n!procedure x()"),
	NAME("@enduml\\n@startuml"),
	NAME("%%{init: {\"securityLevel\":\"loose\"}}%%"),
	NAME("\"]; P0 => P1 [ label=\"x\", url=\"y\\n\\lz"),
	NAME("participant P0 as x<br/>**b** //i// __u__ ~~s~~ <U+0041> <&key>"),
	/* length */
	NAME("long"),
};

enum { LONG = 4000, AVP_MOST = 1000, MESSAGE_MOST = 250 };

size_t names_count(void)
{
	return sizeof(beginnings) / sizeof(beginnings[0]);
}

struct name name_get(size_t i)
{
	static char octets[NAME_OCTETS];
	size_t len = beginnings[i].len;

	memcpy(octets, beginnings[i].octets, len);
	if (i + 1 == names_count()) {
		memset(octets + len, 'x', LONG - len);
		len = LONG;
	}
	len += (size_t)snprintf(octets + len, sizeof(octets) - len, " m%02zum", i);
	return (struct name){octets, len};
}

/* The end of the name, where its word stands, when not all of it fits. */
static struct name at_most(const struct name *n, size_t most)
{
	return n->len <= most ? *n : (struct name){n->octets + n->len - most, most};
}

struct name name_end(size_t i)
{
	struct name n = name_get(i);

	return at_most(&n, AVP_MOST);
}

/* ---- as text ---- */

/* Octets of the UTF-8 sequence at `s`, or 0 (RFC 3629). */
static size_t sequence(const unsigned char *s, size_t room)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

	if (n == 0 || n > room || s[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

size_t name_as_text(const struct name *n, char *to, size_t room)
{
	size_t len = 0;

	for (size_t i = 0; i < n->len && len + 4 < room;) {
		size_t octets = sequence((const unsigned char *)n->octets + i, n->len - i);

		if (octets == 0) {
			memcpy(to + len, "\xef\xbf\xbd", 3);
			len += 3;
			i++;
			continue;
		}
		memcpy(to + len, n->octets + i, octets);
		len += octets;
		i += octets;
	}
	to[len] = '\0';
	return len;
}

/* ---- a capture ---- */

static void write_hex(FILE *out, const struct name *n)
{
	for (size_t i = 0; i < n->len; i++)
		fprintf(out, "%02x", (unsigned char)n->octets[i]);
}

static void write_avp(FILE *out, unsigned number, const char *before, const struct name *n)
{
	struct name some = at_most(n, AVP_MOST);

	fprintf(out, " avp=0:%u:%s", number, before);
	write_hex(out, &some);
}

/* Code, identifier, length; then what `body` has in hex, and the name. */
static void write_ppp(FILE *out, const char *from_to, unsigned protocol, unsigned code,
		      const char *body, const struct name *n)
{
	size_t length = 4 + strlen(body) / 2 + n->len;

	fprintf(out, "+0.010 %s PPP protocol=0x%04x data=%02x01%04zx%s", from_to, protocol, code,
		length, body);
	write_hex(out, n);
	fputc('\n', out);
}

static void write_call(FILE *out, size_t i)
{
	struct name n = name_get(i);
	struct name message = at_most(&n, MESSAGE_MOST);

	fprintf(out, "tunnel lac=%zu lns=%zu\nsession lac=%zu lns=%zu\n", 1000 + i, 2000 + i,
		3000 + i, 4000 + i);
	fprintf(out, "%zu lac > lns SCCRQ version=1.0 framing=3", 1 + 10 * i);
	write_avp(out, 7, "", &n);
	write_avp(out, 8, "", &n);
	fprintf(out, " tunnel=%zu\n+0.010 lns > lac SCCRP version=1.0 framing=3", 1000 + i);
	write_avp(out, 7, "", &n);
	fprintf(out, " tunnel=%zu\n+0.010 lac > lns SCCCN\n", 2000 + i);
	fprintf(out, "+0.010 lac > lns ICRQ session=%zu serial=1", 3000 + i);
	write_avp(out, 22, "", &n);
	write_avp(out, 21, "", &n);
	write_avp(out, 23, "", &n);
	fprintf(out, "\n+0.010 lns > lac ICRP session=%zu\n", 4000 + i);
	fprintf(out, "+0.010 lac > lns ICCN tx-speed=1 framing-type=1");
	write_avp(out, 30, "", &n);
	write_avp(out, 37, "", &n);
	fputc('\n', out);
	write_ppp(out, "lns > client", 0xc223, 1, "10000102030405060708090a0b0c0d0e0f", &n);
	write_ppp(out, "client > lns", 0xc223, 2, "10000102030405060708090a0b0c0d0e0f", &n);
	write_ppp(out, "lns > client", 0xc223, i % 2 == 0 ? 3 : 4, "", &message);
	write_ppp(out, "client > lns", 0xc021, 12, "00000000", &message);
	write_ppp(out, "client > lns", 0xc021, 5, "", &message);
	fprintf(out, "+0.010 lns > lac CDN session=%zu", 4000 + i);
	write_avp(out, 1, "00020006", &n);
	fprintf(out, "\n+0.010 lac > lns StopCCN tunnel=%zu", 1000 + i);
	write_avp(out, 1, "00020006", &n);
	fputc('\n', out);
}

bool names_write_script(const char *path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		return false;
	fputs("start 2026-03-01 12:00:00\nlink ethernet\n"
	      "party lac address=192.0.2.10 tunnel=10 session=11\n"
	      "party lns address=192.0.2.20 tunnel=20 session=21\n"
	      "party client behind=lac\n",
	      out);
	for (size_t i = 0; i < names_count(); i++)
		write_call(out, i);
	return fclose(out) == 0;
}

/* ---- a log ---- */

/* `@` stands for the name, `T` and `U` for both tunnel ids, `V` for the interface. */
static const char *const lines[] = {
	"L2TP: I SCCRQ from @ tnl T",
	"Tnl U L2TP: Got a challenge in SCCRQ, @",
	"Tnl U L2TP: New tunnel created for remote @, address 192.0.2.10",
	"Tnl U L2TP: O SCCRP to @ tnlid T",
	"Tnl U L2TP: Tunnel state change from idle to wait-ctl-reply",
	"Tnl U L2TP: I SCCCN from @ tnl T",
	"Tnl U L2TP: Tunnel state change from wait-ctl-reply to established",
	"Tnl U L2TP: Calling Number @",
	"Tnl U L2TP: I ICRQ from @ tnl T",
	"Tnl/Cl U/45 L2TP: New session created",
	"Tnl/Cl U/45 L2TP: O ICRP to @ T/7",
	"Tnl/Cl U/45 L2TP: Proxy Auth Name @",
	"Tnl/Cl U/45 L2TP: I ICCN from @ tnl T, cl 7",
	"ViV VPDN: Virtual interface created for @",
	"ViV CHAP: O CHALLENGE id 6 len 27 from \"@\"",
	"ViV CHAP: I RESPONSE id 6 len 27 from \"@\"",
	"ViV CHAP: O FAILURE id 6 len 25 msg is \"@\"",
	"ViV LCP: O TERMREQ [Open] id 3 len 4",
	"ViV Tnl/Cl U/45 L2TP: O CDN to @ T/7",
	"Tnl U L2TP: O StopCCN to @ tnlid T",
	"%LINK-3-UPDOWN: Interface Virtual-AccessV, changed state to down",
	"what nobody reads: @",
	"@",
};

void name_write_on_line(const struct name *n, FILE *out)
{
	for (size_t i = 0; i < n->len; i++)
		fputc(n->octets[i] == '\n' ? ' ' : n->octets[i], out);
}

static void write_line(FILE *out, const char *line, size_t i)
{
	for (; *line != '\0'; line++) {
		struct name n = name_get(i);
		bool is_word = line[1] >= 'a' && line[1] <= 'z';

		if (*line == '@')
			name_write_on_line(&n, out);
		else if (*line == 'T' && (line[1] == '\0' || strchr(" /,", line[1]) != NULL))
			fprintf(out, "%zu", 1000 + i);
		else if (*line == 'U' && !is_word && strchr(" /", line[1]) != NULL)
			fprintf(out, "%zu", 2000 + i);
		else if (*line == 'V' && strchr(" ,", line[1]) != NULL)
			fprintf(out, "%zu", i + 1);
		else
			fputc(*line, out);
	}
}

bool names_write_log(const char *path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		return false;
	for (size_t i = 0; i < names_count(); i++) {
		for (size_t k = 0; k < sizeof(lines) / sizeof(lines[0]); k++) {
			fprintf(out, "Mar  1 12:%02zu:%02zu.%03zu: ", i, k, 10 * k);
			write_line(out, lines[k], i);
			fputc('\n', out);
		}
	}
	return fclose(out) == 0;
}

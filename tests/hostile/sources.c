#include "sources.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PPTP_MOST = 64, ATTRIBUTE_MOST = 253, TAG_MOST = 250, VALUE_MOST = 200, MEMBER_MOST = 99 };

/* ---- a script ---- */

/* The end of a name, with the letter of its source behind it. */
static struct name sourced(size_t i, char letter, size_t most)
{
	static char octets[NAME_OCTETS + 1];
	struct name n = name_end(i);
	size_t len = n.len < most ? n.len : most - 1;

	memcpy(octets, n.octets + n.len - len, len);
	octets[len] = letter;
	return (struct name){octets, len + 1};
}

bool sources_can_hold(char letter, const struct name *n)
{
	/* the end of a pseudowire is octets (RFC 3931 5.4.4): text when they are printable */
	for (size_t i = 0; letter == 'N' && i < n->len; i++)
		if (n->octets[i] < ' ' || n->octets[i] > '~')
			return false;
	/* the fields of PPTP end at a NUL (RFC 2637 2.1) */
	return strchr("IJK", letter) == NULL || memchr(n->octets, '\0', n->len) == NULL;
}

static void write_hex(FILE *out, size_t i, char letter, size_t most)
{
	struct name n = sourced(i, letter, most);

	for (size_t k = 0; k < n.len; k++)
		fprintf(out, "%02x", (unsigned char)n.octets[k]);
}

static size_t length(size_t i, size_t most)
{
	return sourced(i, ' ', most).len;
}

static void write_tag(FILE *out, unsigned number, size_t i, char letter)
{
	fprintf(out, " tag=0x%04x:", number);
	write_hex(out, i, letter, TAG_MOST);
}

static void write_pppoe(FILE *out, size_t i)
{
	fprintf(out, "link ethernet\ncarry pppoe %zu\n%zu client > lns PADI", i + 1, 1 + 10 * i);
	write_tag(out, 0x0101, i, 'A');
	fprintf(out, "\n+0.010 lns > client PADO");
	write_tag(out, 0x0101, i, 'A');
	write_tag(out, 0x0102, i, 'B');
	fprintf(out, "\n+0.010 client > lns PADR");
	write_tag(out, 0x0101, i, 'A');
	fprintf(out, "\n+0.010 lns > client PADS sid=%zu", i + 1);
	write_tag(out, 0x0101, i, 'A');
	fprintf(out, "\n+0.010 lns > client PADT sid=%zu", i + 1);
	write_tag(out, 0x0203, i, 'C');
	fputc('\n', out);
}

/* Code, identifier, length, what `before` has in hex, the name, and `behind`. */
static void write_ppp(FILE *out, const char *from_to, unsigned protocol, unsigned code,
		      const char *before, size_t i, char letter, const char *behind)
{
	size_t n = length(i, VALUE_MOST);

	fprintf(out, "+0.010 %s PPP protocol=0x%04x data=%02x01%04zx%s", from_to, protocol, code,
		4 + strlen(before) / 2 + n + strlen(behind) / 2, before);
	write_hex(out, i, letter, VALUE_MOST);
	fprintf(out, "%s\n", behind);
}

static void write_logins(FILE *out, size_t i)
{
	char len[3];

	snprintf(len, sizeof(len), "%02zx", length(i, VALUE_MOST));
	write_ppp(out, "client > lns", 0xc023, 1, len, i, 'D', "027077");
	write_ppp(out, "lns > client", 0xc023, i % 2 == 0 ? 2 : 3, len, i, 'E', "");
	write_ppp(out, "lns > client", 0xc227, 1, "01", i, 'F', "");
	write_ppp(out, "client > lns", 0xc227, 2, "01", i, 'G', "");
}

static void write_radius(FILE *out, size_t i)
{
	static const unsigned requested[] = {1, 30, 31, 32};
	size_t n = length(i, ATTRIBUTE_MOST);

	fprintf(out, "+0.010 nas > aaa HEX 01%02zx%04zx%032zx", i, 20 + 4 * (n + 2), i);
	for (size_t k = 0; k < sizeof(requested) / sizeof(requested[0]); k++) {
		fprintf(out, "%02x%02zx", requested[k], n + 2);
		write_hex(out, i, 'H', ATTRIBUTE_MOST);
	}
	fprintf(out, "\n+0.010 aaa > nas HEX %02x%02zx%04zx%032zx12%02zx", i % 2 == 0 ? 2 : 3, i,
		20 + n + 2, i + 1, n + 2);
	write_hex(out, i, 'L', ATTRIBUTE_MOST);
	fputc('\n', out);
}

static void write_pptp_text(FILE *out, const char *key, size_t i, char letter)
{
	fprintf(out, " %s=hex:", key);
	write_hex(out, i, letter, PPTP_MOST);
}

static void write_pptp(FILE *out, size_t i)
{
	fprintf(out, "carry pptp\nmove caller address=192.0.2.30 port=%zu\n", 40000 + i);
	fprintf(out, "+0.010 caller > server PPTP SYN\n+0.010 caller > server PPTP SCCRQ "
		     "version=0x0100");
	write_pptp_text(out, "host", i, 'I');
	write_pptp_text(out, "vendor", i, 'J');
	fprintf(out, "\n+0.010 server > caller PPTP SCCRP version=0x0100");
	write_pptp_text(out, "host", i, 'I');
	write_pptp_text(out, "vendor", i, 'J');
	fprintf(out, "\n+0.010 caller > server PPTP OCRQ call=%zu", 100 + i);
	write_pptp_text(out, "phone", i, 'K');
	fprintf(out, "\n+0.010 server > caller PPTP OCRP call=%zu peer=%zu\ncarry l2tp\n", 200 + i,
		100 + i);
}

static void write_avp(FILE *out, unsigned number, const char *before, size_t i, char letter)
{
	fprintf(out, " avp=0:%u:%s", number, before);
	write_hex(out, i, letter, VALUE_MOST);
}

static void write_l2tpv3(FILE *out, size_t i)
{
	fprintf(out, "version 3\ntunnel lac=%zu lns=%zu\nsession lac=%zu lns=%zu\n", 70000 + i,
		80000 + i, 90000 + i, 100000 + i);
	fprintf(out, "+0.010 lac > lns SCCRQ router=1 connection=%zu pseudowires=0005", 70000 + i);
	write_avp(out, 7, "", i, 'M');
	write_avp(out, 8, "", i, 'M');
	fprintf(out, "\n+0.010 lns > lac SCCRP router=2 connection=%zu pseudowires=0005",
		80000 + i);
	write_avp(out, 7, "", i, 'M');
	fprintf(out,
		"\n+0.010 lac > lns SCCCN\n+0.010 lac > lns ICRQ serial=1 local=%zu remote=0 "
		"pw-type=5 circuit=1",
		90000 + i);
	write_avp(out, 66, "", i, 'N');
	fprintf(out,
		"\n+0.010 lns > lac ICRP local=%zu remote=%zu circuit=1\n+0.010 lac > lns ICCN "
		"local=%zu remote=%zu\n",
		100000 + i, 90000 + i, 90000 + i, 100000 + i);
	fprintf(out, "+0.010 lns > lac StopCCN");
	write_avp(out, 1, "00020006", i, 'M');
	fputs("\nversion 2\n", out);
}

static void write_l2f(FILE *out, size_t i)
{
	size_t n = length(i, VALUE_MOST);

	fprintf(out, "+0.010 nas2 > hgw HEX 1001010000000000%04zx0102%02zx", 10 + 3 + n + 5, n);
	write_hex(out, i, 'O', VALUE_MOST);
	fprintf(out, "04%08zx\n", 50 + i);
}

bool sources_write_script(const char *path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		return false;
	fputs("start 2026-03-01 12:00:00\nlink ethernet\n"
	      "party lac address=192.0.2.10 tunnel=10 session=11\n"
	      "party lns address=192.0.2.20 tunnel=20 session=21\n"
	      "party client behind=lac\n"
	      "party nas address=192.0.2.40 port=40001\nparty aaa address=192.0.2.41 port=1812\n"
	      "party caller address=192.0.2.30 port=40000\nparty server address=192.0.2.31 "
	      "port=1723\n"
	      "party nas2 address=192.0.2.50\nparty hgw address=192.0.2.51\n",
	      out);
	for (size_t i = 0; i < names_count(); i++) {
		write_pppoe(out, i);
		write_logins(out, i);
		fputs("carry l2tp\n", out);
		write_radius(out, i);
		write_pptp(out, i);
		write_l2tpv3(out, i);
		write_l2f(out, i);
	}
	return fclose(out) == 0;
}

/* ---- a log ---- */

/* `@` stands for the name. */
static const char *const lines[] = {
	"pppd[1]: rcvd [PAP AuthReq id=0x1 user=\"@\" password=<hidden>]",
	"pppd[1]: rcvd [CHAP Response id=0x1 <0011>, name = \"@\"]",
	"pppd[1]: sent [CHAP Challenge id=0x1 <0011>, name = \"@\"]",
	"pppd[1]: rcvd [EAP Response id=0x2 Identity <Name \"@\">]",
	"pppd[1]: CHAP authentication failed: @",
	"pppd[1]: rcvd [LCP TermReq id=0x2 \"@\"]",
	"pppd[1]: peer from calling number @ authorized",
	"pppd[1]: Plugin @ loaded.",
	"xl2tpd[2]: hostname_avp: peer reports hostname '@'",
	"xl2tpd[2]: vendor_avp: peer reports vendor '@'",
	"xl2tpd[2]: control_finish: Denied connection to unauthorized peer @",
	"xl2tpd[2]: result_code_avp: result code 2 error 6 @",
	"accel-pppd: l2tp: @",
	"l2tp,ppp,info <l2tp-@>: authenticated",
	"l2tp,ppp,info,account @ logged in, 10.0.0.7 from 203.0.113.5",
	"radiusd[7]: (1) Login incorrect: [@/pw] (from client x port 1 cli @)",
	"mpd5: [L-1] L2TP: call #3 terminated: result=1 error=0 errmsg=\"@\"",
	"npppd[7171]: ppp id=5 layer=base logtype=Finished username=\"@\"",
	"kl2tpd[9]: level=info message=\"@\" tunnel_name=@",
	"@[5]: a tag of its own",
	"@",
};

static void write_line(FILE *out, const char *line, size_t i)
{
	struct name n = name_end(i);

	for (; *line != '\0'; line++) {
		if (*line == '@')
			name_write_on_line(&n, out);
		else
			fputc(*line, out);
	}
	fputc('\n', out);
}

bool sources_write_log(const char *path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		return false;
	for (size_t i = 0; i < names_count(); i++) {
		for (size_t k = 0; k < sizeof(lines) / sizeof(lines[0]); k++) {
			fprintf(out, "Mar  1 12:%02zu:%02zu host ", i, k);
			write_line(out, lines[k], i);
		}
	}
	return fclose(out) == 0;
}

/* ---- pcapng ---- */

static void put32(FILE *out, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		fputc((int)(n >> 8 * i & 0xff), out);
}

static uint32_t get32(const unsigned char *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static size_t padded(size_t n)
{
	return (n + 3) / 4 * 4;
}

static void put_octets(FILE *out, const void *at, size_t n)
{
	fwrite(at, 1, n, out);
	for (size_t i = n; i < padded(n); i++)
		fputc(0, out);
}

/* A block: `fixed` is its body, and the name stands in the options 1 to `texts`. */
static void write_block(FILE *out, uint32_t type, const void *fixed, size_t n, size_t i,
			uint32_t texts)
{
	struct name name = name_end(i);
	size_t len = 12 + padded(n) + texts * (4 + padded(name.len)) + 4;

	put32(out, type);
	put32(out, (uint32_t)len);
	put_octets(out, fixed, n);
	for (uint32_t code = 1; code <= texts; code++) {
		put32(out, code | (uint32_t)name.len << 16);
		put_octets(out, name.octets, name.len);
	}
	put32(out, 0);
	put32(out, (uint32_t)len);
}

enum { PCAP_HEAD = 24, RECORD_HEAD = 16, PACKET_MOST = 65536, BLOCK_HEAD = 20 };

bool sources_write_pcapng(const char *path, const char *pcap)
{
	static const unsigned char section[16] = {0x4d, 0x3c, 0x2b, 0x1a, 1,    0,    0,    0,
						  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	static unsigned char head[PCAP_HEAD], body[BLOCK_HEAD + PACKET_MOST];
	FILE *in = fopen(pcap, "rb"), *out = fopen(path, "wb");
	unsigned char interface[8] = {0};
	size_t i = 0;

	if (in == NULL || out == NULL || fread(head, 1, PCAP_HEAD, in) != PCAP_HEAD)
		return false;
	memcpy(interface, head + 20, 2);
	write_block(out, 0x0a0d0d0a, section, sizeof(section), 4, 4);
	for (; i < names_count(); i++)
		write_block(out, 1, interface, sizeof(interface), i, 3);
	for (i = 0; fread(head, 1, RECORD_HEAD, in) == RECORD_HEAD; i++) {
		uint64_t us = get32(head) * UINT64_C(1000000) + get32(head + 4);
		uint32_t n = get32(head + 8),
			 fixed[5] = {0, (uint32_t)(us >> 32), (uint32_t)us, n, n};

		memcpy(body, fixed, sizeof(fixed));
		if (n > PACKET_MOST || fread(body + BLOCK_HEAD, 1, n, in) != n)
			return false;
		write_block(out, 6, body, BLOCK_HEAD + n, i % names_count(), 1);
	}
	fclose(in);
	return fclose(out) == 0 && i > 0;
}

/* ---- a bundle ---- */

/* ustar (POSIX 1003.1): a name ends at a NUL; one that begins with a slash or leads up is refused.
 */
static void write_member(FILE *out, const char *text, size_t len, size_t i)
{
	unsigned char head[512] = {0};
	struct name n = name_end(i);
	size_t at = n.len > MEMBER_MOST ? n.len - MEMBER_MOST : 0;
	unsigned sum = 0;

	for (size_t k = at; k < n.len; k++)
		head[k - at] =
			(unsigned char)(n.octets[k] == '\0' || n.octets[k] == '/' ? '_'
										  : n.octets[k]);
	snprintf((char *)head + 100, 8, "%07o", 0644u);
	snprintf((char *)head + 108, 8, "%07o", 0u);
	snprintf((char *)head + 116, 8, "%07o", 0u);
	snprintf((char *)head + 124, 12, "%011zo", len);
	snprintf((char *)head + 136, 12, "%011o", 0u);
	memset(head + 148, ' ', 8);
	head[156] = '0';
	memcpy(head + 257, "ustar\00000", 8);
	for (size_t k = 0; k < sizeof(head); k++)
		sum += head[k];
	snprintf((char *)head + 148, 8, "%06o", sum);
	fwrite(head, 1, sizeof(head), out);
	fwrite(text, 1, len, out);
	for (size_t k = len; k % 512 != 0; k++)
		fputc(0, out);
}

bool sources_write_bundle(const char *path)
{
	FILE *out = fopen(path, "wb");
	char text[512];

	if (out == NULL)
		return false;
	for (size_t i = 1; i < names_count(); i += 6) {
		int n = snprintf(
			text, sizeof(text),
			"Mar  1 12:%02zu:00.000: L2TP: I SCCRQ from lac%zu tnl %zu\n"
			"Mar  1 12:%02zu:01.000: Tnl %zu L2TP: O SCCRP to lac%zu tnlid %zu\n"
			"Mar  1 12:%02zu:02.000: Tnl %zu L2TP: I SCCCN from lac%zu tnl %zu\n"
			"Mar  1 12:%02zu:03.000: Tnl %zu L2TP: I ICRQ from lac%zu tnl %zu\n"
			"Mar  1 12:%02zu:04.000: Tnl/Cl %zu/45 L2TP: New session created\n",
			i, i, 100 + i, i, 200 + i, i, 100 + i, i, 200 + i, i, 100 + i, i, 200 + i,
			i, 100 + i, i, 200 + i);

		write_member(out, text, (size_t)n, i);
	}
	for (size_t k = 0; k < 1024; k++)
		fputc(0, out);
	return fclose(out) == 0;
}

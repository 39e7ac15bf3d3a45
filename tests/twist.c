/* The same capture (classic pcap of Ethernet, as this machine writes it) in another form, or among
 * packets that have nothing to do with it: what --jobs meets where it divides a file.
 *
 * usage: twist HOW FROM TO
 *   nano       times in nanoseconds
 *   swapped    in the other byte order
 *   fragments  UDP in two fragments, the second one some packets late, a few lost
 *   ports      L2TP between two ports that are not its own
 *   nested     here and there UDP that carries a capture of many small packets
 *   others     here and there TCP, DNS, ARP, ESP, IKE, PPPoE, ICMP */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_HEAD = 24, RECORD_HEAD = 16, ETHERNET = 14, IPV4 = 20, UDP = 8, ROOM = 65536 };
enum { FROM = 12, TO = 16, L2TP = 1701, LATE = 3 };

static FILE *to;
static bool is_swapped, is_nano;

static uint32_t number(uint32_t n)
{
	return is_swapped ? __builtin_bswap32(n) : n;
}

static void put_u16(uint8_t *at, unsigned n)
{
	at[0] = (uint8_t)(n >> 8);
	at[1] = (uint8_t)n;
}

static unsigned u16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

/* A packet, and when. */
struct packet {
	uint32_t seconds, part, original;
	size_t n;
	uint8_t octets[ROOM];
};

static void put(const struct packet *p)
{
	uint32_t head[4] = {number(p->seconds), number(is_nano ? p->part * 1000 + 7 : p->part),
			    number((uint32_t)p->n), number(p->original)};

	fwrite(head, sizeof(head), 1, to);
	fwrite(p->octets, 1, p->n, to);
}

static bool is_udp(const struct packet *p)
{
	return p->n > ETHERNET + IPV4 + UDP && u16(p->octets + 12) == 0x0800 &&
	       p->octets[ETHERNET] == 0x45 && p->octets[ETHERNET + 9] == 17 &&
	       p->n == ETHERNET + u16(p->octets + ETHERNET + 2);
}

/* ---- fragments ---- */

static void fragment_put(const struct packet *whole, size_t at, size_t n, bool has_more)
{
	struct packet p = *whole;
	uint8_t *ip = p.octets + ETHERNET;

	memmove(ip + IPV4, ip + IPV4 + at, n);
	put_u16(ip + 2, (unsigned)(IPV4 + n));
	put_u16(ip + 6, (unsigned)(at / 8) | (has_more ? 0x2000 : 0));
	p.n = ETHERNET + IPV4 + n;
	p.original = (uint32_t)p.n;
	put(&p);
}

static void in_fragments(struct packet *p, unsigned i)
{
	static struct packet late;
	static unsigned waits;
	size_t n = p->n - ETHERNET - IPV4, first = n / 2 / 8 * 8;

	if (waits > 0 && --waits == 0) {
		n = late.n - ETHERNET - IPV4;
		first = n / 2 / 8 * 8;
		fragment_put(&late, first, n - first, false);
	}
	if (!is_udp(p) || waits > 0 || i % 2 == 0 || p->n < 100) {
		put(p);
		return;
	}
	put_u16(p->octets + ETHERNET + 4, i / 2);
	n = p->n - ETHERNET - IPV4;
	first = n / 2 / 8 * 8;
	fragment_put(p, 0, first, true);
	if (i % 1009 == 0) /* the other one is lost */
		return;
	late = *p;
	waits = LATE;
}

/* ---- other ports ---- */

static void on_ports(struct packet *p)
{
	uint8_t *ip = p->octets + ETHERNET, *udp = ip + IPV4;
	bool is_low = is_udp(p) && memcmp(ip + FROM, ip + TO, 4) < 0;

	if (is_udp(p) && u16(udp) == L2TP && u16(udp + 2) == L2TP) {
		put_u16(udp, is_low ? 5001 : 5002);
		put_u16(udp + 2, is_low ? 5002 : 5001);
		put_u16(udp + 6, 0);
	}
	put(p);
}

/* ---- what has nothing to do with it ---- */

static void ip_put(const struct packet *near, uint8_t protocol, uint8_t host,
		   const uint8_t *payload, size_t n)
{
	static struct packet p;
	uint8_t *ip = p.octets + ETHERNET;

	memcpy(p.octets, "\2\0\0\0\0\1\2\0\0\0\0\2\10\0", ETHERNET);
	memcpy(ip, "\x45\0\0\0\0\0\0\0\x40\0\0\0\x0a\x07\0\1\x0a\x07\0\2", IPV4);
	put_u16(ip + 2, (unsigned)(IPV4 + n));
	ip[9] = protocol;
	ip[FROM + 2] = host;
	memcpy(ip + IPV4, payload, n);
	p.seconds = near->seconds;
	p.part = near->part;
	p.n = ETHERNET + IPV4 + n;
	p.original = (uint32_t)p.n;
	put(&p);
}

static void udp_put(const struct packet *near, unsigned from, unsigned port, uint8_t host,
		    const uint8_t *payload, size_t n)
{
	uint8_t udp[2048] = {0};

	put_u16(udp, from);
	put_u16(udp + 2, port);
	put_u16(udp + 4, (unsigned)(UDP + n));
	memcpy(udp + UDP, payload, n);
	ip_put(near, 17, host, udp, UDP + n);
}

static void nested(const struct packet *p, unsigned i)
{
	uint8_t inner[1440] = {0};
	uint32_t head[4] = {p->seconds, p->part, 64, 64};

	for (size_t at = 0; at < sizeof(inner); at += RECORD_HEAD + 64)
		memcpy(inner + at, head, sizeof(head));
	if (i % 3 == 0)
		udp_put(p, 4000, 4001, 0, inner, sizeof(inner));
	put(p);
}

static void among_others(const struct packet *p, unsigned i)
{
	static const uint8_t tcp[20] = {0, 80, 0, 81, [12] = 0x50};
	static const uint8_t nothing[64] = {0};
	static const uint8_t session[] = "\2\0\0\0\0\1\2\0\0\0\0\2\x88\x64\x11\0\0\7\0\2\0\x21";
	struct packet pppoe = {.seconds = p->seconds, .part = p->part, .original = 60, .n = 60};
	uint8_t host = (uint8_t)(i / 64 % 5);

	memcpy(pppoe.octets, session, sizeof(session) - 1);
	pppoe.octets[17] = host;
	switch (i % 7) {
	case 0:
		ip_put(p, 6, host, tcp, sizeof(tcp));
		break;
	case 1:
		udp_put(p, 53, 1024 + i % 64, host, nothing, 20);
		break;
	case 2:
		ip_put(p, 50, host, nothing, sizeof(nothing));
		break;
	case 3:
		udp_put(p, 500, 500 + host, host, nothing, sizeof(nothing));
		break;
	case 4:
		put(&pppoe);
		break;
	case 5:
		ip_put(p, 1, host, nothing, sizeof(nothing));
		break;
	default:
		udp_put(p, 6000 + host, 7000, host, nothing, i % 64);
		break;
	}
	put(p);
}

int main(int argc, char **argv)
{
	static struct packet p;
	uint32_t head[FILE_HEAD / 4], record[4];
	const char *how = argc == 4 ? argv[1] : "";
	FILE *from = argc == 4 ? fopen(argv[2], "rb") : NULL;

	to = argc == 4 ? fopen(argv[3], "wb") : NULL;
	if (!from || !to || fread(head, sizeof(head), 1, from) != 1)
		return 2;
	is_swapped = strcmp(how, "swapped") == 0;
	is_nano = strcmp(how, "nano") == 0;
	head[0] = number(is_nano ? 0xa1b23c4d : head[0]);
	if (is_swapped) /* two numbers of 16 bits */
		head[1] = (head[1] & 0x00ff00ff) << 8 | (head[1] & 0xff00ff00) >> 8;
	head[4] = number(head[4]);
	head[5] = number(head[5]);
	fwrite(head, sizeof(head), 1, to);
	for (unsigned i = 0; fread(record, sizeof(record), 1, from) == 1; i++) {
		p.seconds = record[0];
		p.part = record[1];
		p.n = record[2];
		p.original = record[3];
		if (p.n > ROOM || fread(p.octets, 1, p.n, from) != p.n)
			return 2;
		if (strcmp(how, "fragments") == 0)
			in_fragments(&p, i);
		else if (strcmp(how, "ports") == 0)
			on_ports(&p);
		else if (strcmp(how, "nested") == 0)
			nested(&p, i);
		else if (strcmp(how, "others") == 0)
			among_others(&p, i);
		else
			put(&p);
	}
	fclose(from);
	return fclose(to) == 0 ? 0 : 2;
}

/* The yardstick for captures: libpcap hands over every packet, nobody looks at it. */
#include <pcap.h>
#include <stdio.h>

static void count(unsigned char *user, const struct pcap_pkthdr *head, const unsigned char *octets)
{
	(void)head;
	(void)octets;
	++*(unsigned long *)user;
}

int main(int argc, char **argv)
{
	char why[PCAP_ERRBUF_SIZE] = "no capture named";
	unsigned long packets = 0;
	pcap_t *capture = argc == 2 ? pcap_open_offline(argv[1], why) : NULL;

	if (!capture) {
		fprintf(stderr, "usage: yardstick_pcap CAPTURE: %s\n", why);
		return 2;
	}
	pcap_loop(capture, -1, count, (unsigned char *)&packets);
	pcap_close(capture);
	printf("%lu packets\n", packets);
	return 0;
}

timeline samples/dialout.pcap

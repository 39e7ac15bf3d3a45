check samples/dialout.pcap

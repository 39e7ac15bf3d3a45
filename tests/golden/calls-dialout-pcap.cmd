calls samples/dialout.pcap

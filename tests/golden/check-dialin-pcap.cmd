check samples/dialin.pcap

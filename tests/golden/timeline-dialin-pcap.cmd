timeline samples/dialin.pcap

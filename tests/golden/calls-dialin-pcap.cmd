calls samples/dialin.pcap

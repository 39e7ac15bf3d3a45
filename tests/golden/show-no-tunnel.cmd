show --tunnel 9 samples/dialin.pcap

frobnicate samples/dialin.pcap

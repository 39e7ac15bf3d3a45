check samples/malformed.pcap

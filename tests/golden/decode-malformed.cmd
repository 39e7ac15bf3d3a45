decode -v samples/malformed.pcap

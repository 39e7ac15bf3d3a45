calls --json samples/malformed.pcap

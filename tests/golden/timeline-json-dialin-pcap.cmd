timeline --json samples/dialin.pcap

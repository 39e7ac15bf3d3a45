decode --json samples/dialin.pcap

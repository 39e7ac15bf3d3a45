diff --json samples/dialin.pcap samples/no-such-file

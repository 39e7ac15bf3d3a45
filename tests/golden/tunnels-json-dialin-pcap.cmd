tunnels --json samples/dialin.pcap

tunnels --json samples/dialout.pcap

tunnels --json samples/port-unreachable.pcap

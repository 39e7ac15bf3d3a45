timeline samples/port-unreachable.pcap

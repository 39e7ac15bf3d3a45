check samples/port-unreachable.pcap

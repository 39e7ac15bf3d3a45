calls samples/port-unreachable.pcap

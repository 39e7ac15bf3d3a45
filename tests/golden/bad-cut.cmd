calls samples/cut.pcap

calls samples/ipsec-only.pcap

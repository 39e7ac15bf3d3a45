diagram --format mscgen samples/ipsec-only.pcap

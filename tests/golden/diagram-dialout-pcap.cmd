diagram --call 2 samples/dialout.pcap

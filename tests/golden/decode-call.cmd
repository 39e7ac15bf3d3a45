decode --call 2 samples/attempts.pcap

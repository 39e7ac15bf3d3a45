diff 1 2 samples/attempts.pcap

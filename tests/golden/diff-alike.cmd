diff 1 3 samples/attempts.pcap

diff --messages 28 30 samples/attempts.pcap

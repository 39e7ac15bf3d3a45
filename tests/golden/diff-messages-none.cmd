diff --messages 3 3300 samples/attempts.pcap

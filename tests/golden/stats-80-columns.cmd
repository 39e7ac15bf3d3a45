stats --width 80 samples/attempts.pcap

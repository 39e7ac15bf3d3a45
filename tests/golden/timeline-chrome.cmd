timeline --format chrome --call 2 samples/attempts.pcap

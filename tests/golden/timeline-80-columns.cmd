timeline --width 80 --call 1 samples/attempts.pcap

tunnels --width 70 samples/attempts.pcap

diagram --width 50 samples/switch.pcap

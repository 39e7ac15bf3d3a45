diagram --format svg samples/hostile.pcap

timeline --format csv --call 2 samples/attempts.pcap

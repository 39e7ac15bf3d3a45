calls --by user samples/attempts.pcap

diff samples/attempts.pcap samples/dialin.pcap

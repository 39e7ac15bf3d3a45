calls --as foo samples/dialin.pcap

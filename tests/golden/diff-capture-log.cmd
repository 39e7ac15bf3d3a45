diff samples/dialin.pcap samples/dialin-lac.log

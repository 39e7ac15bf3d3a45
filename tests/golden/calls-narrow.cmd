calls --width 60 samples/attempts.pcap samples/dialin-lac.log

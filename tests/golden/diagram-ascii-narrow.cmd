diagram --width 72 --format ascii samples/dialin.pcap

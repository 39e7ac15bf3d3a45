timeline samples/lab/s03_chap_wrong_password/lac.pcap

show 1 samples/lab/s03_chap_wrong_password/lac.pcap

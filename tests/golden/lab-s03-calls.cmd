calls --json --secrets samples/secrets samples/lab/s03_chap_wrong_password/lac.pcap samples/lab/s03_chap_wrong_password/lns.pcap

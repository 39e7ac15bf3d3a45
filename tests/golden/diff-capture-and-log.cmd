diff samples/lab/s03_chap_wrong_password/lac.pcap samples/lab/s03_chap_wrong_password/lac-xl2tpd.log

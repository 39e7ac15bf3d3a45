check samples/lab/s03f_mschapv2_ok/lac.pcap

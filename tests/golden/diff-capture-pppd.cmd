diff samples/lab/s01_chap_ok/lac.pcap samples/lab/s01_chap_ok/lns-syslog.log

calls --json samples/lab/s03_chap_wrong_password/lns-xl2tpd.log samples/lab/s03_chap_wrong_password/lns-syslog.log samples/lab/s03_chap_wrong_password/lns.pcap

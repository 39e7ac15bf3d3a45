decode samples/lab/s03_chap_wrong_password/lns-syslog.log

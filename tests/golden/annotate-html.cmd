annotate -q --format html samples/lab/s03_chap_wrong_password/lac-syslog.log

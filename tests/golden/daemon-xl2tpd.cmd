timeline samples/lab/s03_chap_wrong_password/lns-xl2tpd.log

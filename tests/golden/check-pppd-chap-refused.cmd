check samples/pppd-chap-refused.log

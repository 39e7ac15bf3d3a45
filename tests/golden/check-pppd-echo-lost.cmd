check samples/pppd-echo-lost.log

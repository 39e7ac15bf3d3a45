calls samples/pppd-idle.log

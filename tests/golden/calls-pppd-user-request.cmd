calls samples/pppd-user-request.log

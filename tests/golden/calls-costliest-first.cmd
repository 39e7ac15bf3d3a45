calls samples/xl2tpd-late.log

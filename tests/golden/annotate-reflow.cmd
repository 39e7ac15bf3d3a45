annotate --reflow samples/pppd-idle.log

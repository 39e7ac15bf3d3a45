calls samples/lab/s24_bngblaster_lns/lac-syslog.log samples/lab/s24_bngblaster_lns/lac.pcap

check samples/lab/s13_lns_admin_disconnect/lac.pcap samples/lab/s13_lns_admin_disconnect/lns.pcap

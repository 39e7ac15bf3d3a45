calls --json --secrets samples/secrets samples/lab/s06_lns_frozen_hello_timeout/lac.pcap samples/lab/s06_lns_frozen_hello_timeout/lns.pcap

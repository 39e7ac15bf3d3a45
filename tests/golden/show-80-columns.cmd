show 1 --width 80 samples/lab/s06_lns_frozen_hello_timeout/lac.pcap

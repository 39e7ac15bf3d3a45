check --secrets <(printf 'tunnel * wrong\nuser 2500-1 wrong\n') samples/dialin.pcap

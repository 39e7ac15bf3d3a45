calls --json --secrets samples/secrets samples/lab/s03f_mschapv2_ok/lac.pcap

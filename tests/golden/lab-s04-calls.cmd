calls --json --secrets samples/secrets samples/lab/s04_peer_silent/lac.pcap

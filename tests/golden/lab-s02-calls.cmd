calls --json --secrets samples/secrets samples/lab/s02_tunnel_secret_mismatch/lac.pcap samples/lab/s02_tunnel_secret_mismatch/lns.pcap

timeline --secrets samples/secrets samples/lab/s02_tunnel_secret_mismatch/lac.pcap

calls --json --secrets samples/secrets samples/lab/s03d_auth_proto_mismatch/lac.pcap samples/lab/s03d_auth_proto_mismatch/lns.pcap

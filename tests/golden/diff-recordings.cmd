diff -v samples/lab/s01_chap_ok/lac.pcap samples/lab/s03d_auth_proto_mismatch/lac.pcap

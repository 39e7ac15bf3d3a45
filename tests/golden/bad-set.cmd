check --set tunnel-slwo=5 samples/dialin.pcap

show 2 --secrets samples/secrets samples/dialout.pcap

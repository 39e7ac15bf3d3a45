calls --json --secrets samples/secrets samples/dialout.pcap

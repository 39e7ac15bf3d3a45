calls --json --secrets samples/secrets samples/dialin.pcap

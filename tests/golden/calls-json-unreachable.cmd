calls --json --secrets samples/secrets samples/port-unreachable.pcap

tunnels --json --secrets <(printf 'radius 192.0.2.1 radiuspw\n') samples/chain.pcap

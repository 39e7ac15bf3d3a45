decode --secrets samples/secrets samples/chain.pcap

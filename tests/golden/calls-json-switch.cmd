calls --json samples/switch.pcap

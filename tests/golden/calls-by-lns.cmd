calls --by lns --json samples/attempts.pcap

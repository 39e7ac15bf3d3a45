calls --json --format csv samples/attempts.pcap

calls --format csv samples/attempts.pcap

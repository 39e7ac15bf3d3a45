calls --json --where "call.outcome == up" samples/attempts.pcap

stats --json --where 'call.outcome == "failed"' samples/attempts.pcap

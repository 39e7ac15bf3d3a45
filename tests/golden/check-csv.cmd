check --format csv --where 'finding.rule == "chap-failure"' samples/attempts.pcap

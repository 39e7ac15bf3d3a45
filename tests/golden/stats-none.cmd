stats --where 'call.user == "nobody"' samples/attempts.pcap

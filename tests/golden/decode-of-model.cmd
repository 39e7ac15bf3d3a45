decode --where 'call.cause == no-resources' samples/attempts.pcap

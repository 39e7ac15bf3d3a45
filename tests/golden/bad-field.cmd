decode --where 'l2tp.ns == 3' samples/dialin.pcap

calls --json lac=samples/dialin-lac.log lns=samples/dialin-lns.log wire=samples/dialin.pcap

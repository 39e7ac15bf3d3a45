diff --json samples/attempts.pcap:2 samples/dialin.pcap:1

check samples/dialin-tcpdump.txt

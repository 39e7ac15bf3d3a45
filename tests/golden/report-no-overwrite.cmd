report -o samples/README.md samples/port-unreachable.pcap

diagram --format svg -o samples/README.md samples/dialin.pcap

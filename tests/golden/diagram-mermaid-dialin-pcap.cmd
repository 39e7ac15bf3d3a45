diagram --format mermaid samples/dialin.pcap

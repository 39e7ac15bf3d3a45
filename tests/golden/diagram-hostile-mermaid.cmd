diagram --format mermaid samples/hostile.pcap

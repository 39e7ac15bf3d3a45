diagram --format plantuml samples/hostile.pcap

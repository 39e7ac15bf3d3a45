diagram --theme dark samples/dialin.pcap

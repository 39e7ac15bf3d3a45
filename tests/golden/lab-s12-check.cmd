check samples/lab/s12_ipcp_address_refused/lac.pcap samples/lab/s12_ipcp_address_refused/lns.pcap

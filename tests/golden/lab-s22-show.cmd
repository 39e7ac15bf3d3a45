show 1 samples/lab/s22_tunnel_switch_l2tpns/lac.pcap samples/lab/s22_tunnel_switch_l2tpns/lns.pcap

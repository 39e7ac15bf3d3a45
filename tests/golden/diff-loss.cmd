diff samples/lab/s01_chap_ok/lac.pcap samples/lab/s05_loss_reorder_dup/lac.pcap

stats samples/attempts.pcap samples/lab/s05_loss_reorder_dup/lac.pcap

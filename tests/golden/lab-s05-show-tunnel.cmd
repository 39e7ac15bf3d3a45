show --tunnel 1 samples/lab/s05_loss_reorder_dup/lac.pcap

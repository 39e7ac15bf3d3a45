show --tunnel 1 --json samples/lab/s05_loss_reorder_dup/lac.pcap

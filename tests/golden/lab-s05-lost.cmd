timeline samples/lab/s05_loss_reorder_dup/lac.pcap samples/lab/s05_loss_reorder_dup/lns.pcap | grep "never seen"

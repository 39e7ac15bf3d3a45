diagram --format mscgen samples/hostile.pcap

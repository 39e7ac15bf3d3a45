diagram --format svg --theme dark --scale time --width 100 samples/port-unreachable.pcap

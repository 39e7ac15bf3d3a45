report samples/attempts.pcap | grep -o '"time","[^"]*"'; TZ=Europe/Berlin "$program" report samples/attempts.pcap | grep -o '"time","[^"]*"'

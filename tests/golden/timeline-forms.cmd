timeline samples/forms.pcap

calls samples/forms.pcap

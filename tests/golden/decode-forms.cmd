decode samples/forms.pcap

calls --json --secrets samples/secrets samples/forms.pcap

decode -v -x --secrets samples/secrets samples/forms.pcap

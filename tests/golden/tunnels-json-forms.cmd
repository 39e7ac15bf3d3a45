tunnels --json samples/forms.pcap

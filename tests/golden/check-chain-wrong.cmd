check --secrets <(printf 'tunnel 198.51.100.20 wrong\nuser carol@isp.example wrong\n') samples/chain.pcap

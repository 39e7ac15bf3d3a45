report samples/port-unreachable.pcap | grep '^<script type' | sed 's/},{/},\n{/g; s/\],\[/],\n[/g'

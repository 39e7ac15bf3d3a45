check samples/routeros-relayed.log

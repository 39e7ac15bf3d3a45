tunnels --json samples/dialin-lac.log samples/dialin-lns.log

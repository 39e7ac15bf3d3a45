tunnels --json samples/dialout-lac.log samples/dialout-lns.log

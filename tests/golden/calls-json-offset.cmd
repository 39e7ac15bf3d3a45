calls --json --offset dialin-lns.log=-2.5 samples/dialin-lac.log samples/dialin-lns.log

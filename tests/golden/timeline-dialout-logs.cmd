timeline samples/dialout-lac.log samples/dialout-lns.log

show 1 samples/dialin-lac.log samples/dialin-lns.log

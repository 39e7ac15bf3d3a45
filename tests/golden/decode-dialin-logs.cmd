decode samples/dialin-lac.log samples/dialin-lns.log

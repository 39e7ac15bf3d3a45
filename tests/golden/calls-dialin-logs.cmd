calls samples/dialin-lac.log samples/dialin-lns.log

calls --json --secrets samples/secrets samples/dialin-lac.log samples/dialin-lns.log

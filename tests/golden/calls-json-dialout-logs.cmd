calls --json --secrets samples/secrets samples/dialout-lac.log samples/dialout-lns.log

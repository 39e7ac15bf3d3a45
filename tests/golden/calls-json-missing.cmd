calls --json samples/no-such-file

calls samples/no-such-file

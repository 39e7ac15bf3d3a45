check samples/macos-refused.log

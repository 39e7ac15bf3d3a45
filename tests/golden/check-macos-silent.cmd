check samples/macos-silent.log

check samples/ios-peer-silent.log

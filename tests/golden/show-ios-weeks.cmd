show tests/facts/ios-weeks.log

calls tests/facts/no-log-of-ours.log

explain machine session-lns-out

explain machine session-lns-in

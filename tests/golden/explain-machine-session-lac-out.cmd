explain machine session-lac-out

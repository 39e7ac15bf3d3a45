explain machine session-lac-in

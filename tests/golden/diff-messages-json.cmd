diff --messages --json 9 22 samples/dialin-lac.log

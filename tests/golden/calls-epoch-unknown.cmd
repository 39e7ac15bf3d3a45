calls -t e --width 120 samples/dialin-lac.log

annotate samples/dialout-lns.log

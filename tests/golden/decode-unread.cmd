decode --unread samples/dialout-lac.log

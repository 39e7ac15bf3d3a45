explain --json machine l2f-nas-client

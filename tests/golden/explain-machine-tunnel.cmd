explain machine tunnel

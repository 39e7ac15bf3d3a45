explain quirks

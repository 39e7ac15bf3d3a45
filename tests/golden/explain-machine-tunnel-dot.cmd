explain machine tunnel --format dot

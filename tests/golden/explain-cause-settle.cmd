explain cause ncp-no-agreement

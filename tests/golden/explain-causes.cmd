explain cause

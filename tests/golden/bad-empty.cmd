calls samples/empty

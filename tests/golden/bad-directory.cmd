calls samples

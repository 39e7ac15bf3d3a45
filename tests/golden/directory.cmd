calls samples/lab/s01_chap_ok

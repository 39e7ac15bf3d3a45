calls samples/windows-rasclient.log

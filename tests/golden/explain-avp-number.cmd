explain avp 9999

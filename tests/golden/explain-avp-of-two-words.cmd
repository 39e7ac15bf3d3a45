explain avp Host Name

explain dialect keenetic

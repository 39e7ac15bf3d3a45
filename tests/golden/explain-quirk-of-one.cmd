explain quirk xl2tpd

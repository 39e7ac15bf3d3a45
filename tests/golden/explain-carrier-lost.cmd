explain carrier-lost

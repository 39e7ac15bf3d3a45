explain "CDN 4"

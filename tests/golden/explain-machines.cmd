explain machine && for m in $("$program" explain machine | sed 's/^ *\([^ ]*\).*/\1/'); do echo "== $m"; "$program" explain machine "$m"; done

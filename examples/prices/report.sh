#!/bin/sh
# The amounts of a price list, rounded by SQLite: what `record` is shown with. sqlite-utils is a package of Python.
set -e
here=$(dirname "$0")
rm -f prices.db
sqlite-utils insert prices.db prices "$here/prices.csv" --csv
sqlite-utils prices.db "select name, round(price, :n) from prices" -p n 2

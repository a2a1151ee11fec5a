"""What `shop.trace`, `stock.trace` and `names.trace` have recorded, one word each.

    record -o shop.trace -- python3 shop.py shop
    record -o stock.trace -- python3 shop.py stock    (a database that is there)
    record -o names.trace -- python3 shop.py names
"""

import sqlite3
import sys


def shop(db):
    db.execute("create table item(id integer primary key, name text, price real)")
    items = [("item %d" % n, n + 0.775) for n in range(40)]
    db.executemany("insert into item(name, price) values(?, ?)", items)
    db.commit()
    for n in range(1, 30):
        db.execute("select name from item where id = ?", (n,)).fetchone()
    db.execute("select name, round(price, ?) from item where id = ?", (2, 35)).fetchall()


def stock(db):
    for n in range(1, 5):
        db.execute("select name from item where id = ?", (n,)).fetchone()
    db.execute("select sum(round(price, 2)) from item where name > 'item 3'").fetchall()


def names(db):
    db.create_function("shown", 1, lambda price: "%.2f" % price)
    db.execute("select shown(round(34.775, 2))").fetchall()


connection = sqlite3.connect(":memory:" if sys.argv[1] == "names" else "shop.db")
{"shop": shop, "stock": stock, "names": names}[sys.argv[1]](connection)
connection.close()

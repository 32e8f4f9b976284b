# bench/guest/sqlite3.sh: a table filled, indexed, joined and summed up.
prepare() { :; }
run() {
    sqlite3 orders.db <<END
PRAGMA journal_mode = off;
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, town INTEGER);
CREATE TABLE bill (id INTEGER PRIMARY KEY, customer INTEGER, amount INTEGER, note TEXT);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO customer SELECT i, printf('customer %05d', i), i * 7919 % 97 FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
    INSERT INTO bill SELECT i, i * 7907 % 2000 + 1, i * 31 % 9973, hex(i * i) FROM n;
COMMIT;
CREATE INDEX bill_customer ON bill (customer);
SELECT town, count(*), sum(amount) FROM customer JOIN bill ON bill.customer = customer.id
    GROUP BY town ORDER BY 3 DESC LIMIT 10;
SELECT count(*) FROM bill WHERE note LIKE '%A7%';
UPDATE bill SET amount = amount + 1 WHERE customer % 3 = 0;
SELECT name, max(amount) FROM customer JOIN bill ON bill.customer = customer.id
    WHERE town < 20 GROUP BY name ORDER BY 2 DESC, 1 LIMIT 5;
END
}

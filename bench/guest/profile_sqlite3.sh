# bench/guest/profile_sqlite3.sh: for bench/profile: text, sorting and deleting in a database.
prepare() { :; }
run() {
    sqlite3 words.db <<END
CREATE TABLE word (text TEXT PRIMARY KEY, length INTEGER, seen INTEGER) WITHOUT ROWID;
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 15000)
    INSERT OR IGNORE INTO word SELECT lower(hex(i * 48271 % 65537)), i % 13, 1 FROM n;
COMMIT;
SELECT length, count(*), group_concat(substr(text, 1, 2)) FROM word WHERE text < '3' GROUP BY length;
SELECT upper(text) || '-' || replace(text, 'a', '..') FROM word ORDER BY length DESC, text LIMIT 50;
DELETE FROM word WHERE text BETWEEN '4' AND '8';
SELECT avg(length), min(text), max(text) FROM word;
VACUUM;
END
}

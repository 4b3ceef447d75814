-- How often each machine was helped. Like every other noun: the JSON is the row.
CREATE TABLE healing (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun))
) STRICT, WITHOUT ROWID;

-- Facts of which there is one.
CREATE TABLE facts (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun))
) STRICT, WITHOUT ROWID;

-- A seal for each entry of the journal, in the order of writing: the hash of the seal before it and of the entry itself.
-- AUTOINCREMENT keeps the highest number ever given, so that the last seal cannot go unseen either.
CREATE TABLE journal_seals (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  journal_id INTEGER NOT NULL UNIQUE,
  seal TEXT NOT NULL
) STRICT;
CREATE TRIGGER journal_seals_stay BEFORE DELETE ON journal_seals
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER journal_seals_keep BEFORE UPDATE ON journal_seals
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;

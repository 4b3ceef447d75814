-- One row per noun: the noun itself as JSON, and what is looked up by as columns drawn from it, so the two cannot differ.

CREATE TABLE machines (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun)),
  name TEXT GENERATED ALWAYS AS (json_extract(noun, '$.name')) VIRTUAL,
  provider TEXT GENERATED ALWAYS AS (json_extract(noun, '$.provider')) VIRTUAL,
  wanted TEXT GENERATED ALWAYS AS (json_extract(noun, '$.wanted')) VIRTUAL,
  state TEXT GENERATED ALWAYS AS (json_extract(noun, '$.state')) VIRTUAL
) STRICT, WITHOUT ROWID;
CREATE INDEX machines_by_name ON machines (name);

CREATE TABLE operations (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun)),
  machine_id TEXT GENERATED ALWAYS AS (json_extract(noun, '$.machineId')) VIRTUAL,
  state TEXT GENERATED ALWAYS AS (json_extract(noun, '$.state')) VIRTUAL,
  started_at TEXT GENERATED ALWAYS AS (json_extract(noun, '$.startedAt')) VIRTUAL
) STRICT, WITHOUT ROWID;
CREATE INDEX operations_by_state ON operations (state, started_at);

CREATE TABLE journal (
  id INTEGER PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun)),
  at TEXT GENERATED ALWAYS AS (json_extract(noun, '$.at')) VIRTUAL,
  machine_id TEXT GENERATED ALWAYS AS (json_extract(noun, '$.machineId')) VIRTUAL,
  actor TEXT GENERATED ALWAYS AS (json_extract(noun, '$.actor')) VIRTUAL,
  action TEXT GENERATED ALWAYS AS (json_extract(noun, '$.action')) VIRTUAL
) STRICT;
CREATE INDEX journal_by_machine ON journal (machine_id, id);

-- What happened has happened.
CREATE TRIGGER journal_keeps_entries BEFORE DELETE ON journal
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER journal_keeps_words BEFORE UPDATE ON journal
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
-- REPLACE would delete without asking the trigger above.
CREATE TRIGGER journal_keeps_numbers BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TABLE crashes (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun)),
  machine_id TEXT GENERATED ALWAYS AS (json_extract(noun, '$.machineId')) VIRTUAL,
  at TEXT GENERATED ALWAYS AS (json_extract(noun, '$.at')) VIRTUAL
) STRICT, WITHOUT ROWID;
CREATE INDEX crashes_by_machine ON crashes (machine_id, at);

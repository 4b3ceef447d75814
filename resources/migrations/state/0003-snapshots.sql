-- Points machines can go back to. Like every other noun: the JSON is the row, what is looked up by is drawn from it.

CREATE TABLE snapshots (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun)),
  machine_id TEXT GENERATED ALWAYS AS (json_extract(noun, '$.machineId')) VIRTUAL,
  at TEXT GENERATED ALWAYS AS (json_extract(noun, '$.at')) VIRTUAL
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshots_by_machine ON snapshots (machine_id, at);

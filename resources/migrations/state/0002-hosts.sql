-- Machines that only answer SSH. Like every other noun: the JSON is the row, what is looked up by is drawn from it.

CREATE TABLE hosts (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun)),
  name TEXT GENERATED ALWAYS AS (json_extract(noun, '$.name')) VIRTUAL
) STRICT, WITHOUT ROWID;
CREATE INDEX hosts_by_name ON hosts (name);

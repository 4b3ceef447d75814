-- Which bytes of which script a person approved; the path is the id. Like every other noun: the JSON is the row.
CREATE TABLE hook_approvals (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun))
) STRICT, WITHOUT ROWID;

-- How each run of a script went.
CREATE TABLE hook_runs (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun)),
  machine_id TEXT GENERATED ALWAYS AS (json_extract(noun, '$.machineId')) VIRTUAL,
  at TEXT GENERATED ALWAYS AS (json_extract(noun, '$.at')) VIRTUAL
) STRICT;
CREATE INDEX hook_runs_by_machine ON hook_runs (machine_id, at);
CREATE INDEX hook_runs_by_time ON hook_runs (at);

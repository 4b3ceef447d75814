-- The life of each alert. Like every other noun: the JSON is the row, what is looked up by is drawn from it.
CREATE TABLE episodes (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun)),
  rule TEXT GENERATED ALWAYS AS (json_extract(noun, '$.rule')) VIRTUAL,
  machine_id TEXT GENERATED ALWAYS AS (json_extract(noun, '$.machineId')) VIRTUAL,
  number INTEGER GENERATED ALWAYS AS (json_extract(noun, '$.number')) VIRTUAL,
  state TEXT GENERATED ALWAYS AS (json_extract(noun, '$.state')) VIRTUAL,
  fired_at INTEGER GENERATED ALWAYS AS (json_extract(noun, '$.firedAt')) VIRTUAL,
  resolved_at INTEGER GENERATED ALWAYS AS (json_extract(noun, '$.resolvedAt')) VIRTUAL
) STRICT;
CREATE INDEX episodes_by_time ON episodes (fired_at);
CREATE INDEX episodes_by_rule ON episodes (rule, machine_id, number);

-- Waits that are under way: a rule and a machine are the id.
CREATE TABLE alert_holds (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun))
) STRICT, WITHOUT ROWID;

-- What keeps alerts from being told: snoozed by a person, or work that was announced.
CREATE TABLE alert_mutes (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun))
) STRICT, WITHOUT ROWID;

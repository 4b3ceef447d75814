-- A tick is one row until its readings lie in blocks: one block per series and hour. Hours and days are packed by the day.
-- `key` is (minute at which the stretch begins, staggered by the series) * 2^22 + id of the series: rows are written at the
-- end of their table, what is old lies at its begin, and the planner has no choice to make.

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  machine TEXT NOT NULL,
  source TEXT NOT NULL,
  -- Its last reading as a block of one; a newer one may still lie in a tick.
  newest BLOB,
  UNIQUE (machine, source)
) STRICT;

CREATE TABLE ticks (seq INTEGER PRIMARY KEY, samples BLOB NOT NULL) STRICT;
CREATE TABLE blocks (key INTEGER PRIMARY KEY, samples BLOB NOT NULL) STRICT;
CREATE TABLE hours (key INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
CREATE TABLE days (key INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;

-- What began before that moment was removed from a tier, in milliseconds since 1970.
CREATE TABLE removed (level TEXT PRIMARY KEY, before INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Moved into blocks, piece by piece, when the file is opened; gone when nothing is left in it.
ALTER TABLE samples RENAME TO plain_samples;
ALTER TABLE newest RENAME TO plain_newest;

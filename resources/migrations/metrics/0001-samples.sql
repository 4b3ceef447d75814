-- One row per reading. A missing value is NULL, never 0; a reading that failed says why and has no values. `at` is the
-- end of the interval in milliseconds since 1970. The key is the only way in, so the planner has no choice to make.

CREATE TABLE samples (
  machine TEXT NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  error TEXT,
  cpu_percent REAL,
  memory_percent REAL,
  disk_percent REAL,
  disk_read_bytes_per_second REAL,
  disk_write_bytes_per_second REAL,
  network_in_bytes_per_second REAL,
  network_out_bytes_per_second REAL,
  PRIMARY KEY (machine, source, at)
) STRICT, WITHOUT ROWID;

-- The last of each machine and source, written in the transaction of the reading itself.
CREATE TABLE newest (
  machine TEXT NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  error TEXT,
  cpu_percent REAL,
  memory_percent REAL,
  disk_percent REAL,
  disk_read_bytes_per_second REAL,
  disk_write_bytes_per_second REAL,
  network_in_bytes_per_second REAL,
  network_out_bytes_per_second REAL,
  PRIMARY KEY (machine, source)
) STRICT, WITHOUT ROWID;

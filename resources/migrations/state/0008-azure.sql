-- Machines of Azure, and the orders to them that are under way: one for each machine. The JSON is the row.
CREATE TABLE azure_machines (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun))
) STRICT;
CREATE TABLE azure_works (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun))
) STRICT;

-- What is to be said of alerts, and to whom; the order of writing is the order of saying. The JSON is the row.
CREATE TABLE deliveries (
  id TEXT PRIMARY KEY NOT NULL,
  noun TEXT NOT NULL CHECK (json_valid(noun)),
  state TEXT GENERATED ALWAYS AS (json_extract(noun, '$.state')) VIRTUAL,
  kind TEXT GENERATED ALWAYS AS (json_extract(noun, '$.kind')) VIRTUAL,
  episode TEXT GENERATED ALWAYS AS (json_extract(noun, '$.episode')) VIRTUAL,
  channel TEXT GENERATED ALWAYS AS (json_extract(noun, '$.channel')) VIRTUAL
) STRICT;
CREATE INDEX deliveries_by_state ON deliveries (state);
CREATE INDEX deliveries_by_episode ON deliveries (episode, channel);

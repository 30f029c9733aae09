R"sql(
-- One row a resource: who it is and which version is current. rid grows in the order of creation.
CREATE TABLE resource (
  rid INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  version INTEGER NOT NULL,
  last_updated INTEGER NOT NULL,
  deleted INTEGER NOT NULL
);
CREATE UNIQUE INDEX resource_identity ON resource (type, id);
CREATE INDEX resource_updated ON resource (type, last_updated, rid);
CREATE INDEX resource_of_type ON resource (type, deleted, rid);

-- One row a version, never changed. seq grows in the order of commits; times are milliseconds.
CREATE TABLE version (
  seq INTEGER PRIMARY KEY,
  rid INTEGER NOT NULL REFERENCES resource (rid),
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  last_updated INTEGER NOT NULL,
  method TEXT NOT NULL,
  body TEXT
);
CREATE UNIQUE INDEX version_of_resource ON version (rid, version);
CREATE INDEX version_of_type ON version (type, seq);
CREATE INDEX version_updated ON version (last_updated, seq);

-- The search indexes of current versions. param stands for type and parameter; part_group tells the
-- parts of a composite that belong together.
CREATE TABLE index_token (
  param INTEGER NOT NULL,
  code TEXT NOT NULL,
  rid INTEGER NOT NULL,
  system TEXT NOT NULL,
  part_group INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (param, code, rid, system, part_group)
) WITHOUT ROWID;
CREATE INDEX index_token_of ON index_token (rid, param);

CREATE TABLE index_string (
  param INTEGER NOT NULL,
  value TEXT NOT NULL,
  rid INTEGER NOT NULL,
  exact TEXT NOT NULL,
  part_group INTEGER NOT NULL,
  PRIMARY KEY (param, value, rid, exact, part_group)
) WITHOUT ROWID;
CREATE INDEX index_string_of ON index_string (rid, param);

-- target is an id with its type, or the URL of a resource elsewhere without.
CREATE TABLE index_reference (
  param INTEGER NOT NULL,
  target TEXT NOT NULL,
  rid INTEGER NOT NULL,
  type TEXT NOT NULL,
  part_group INTEGER NOT NULL,
  PRIMARY KEY (param, target, rid, type, part_group)
) WITHOUT ROWID;
CREATE INDEX index_reference_of ON index_reference (rid, param);

CREATE TABLE index_date (
  param INTEGER NOT NULL,
  low INTEGER NOT NULL,
  high INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  part_group INTEGER NOT NULL,
  PRIMARY KEY (param, low, high, rid, part_group)
) WITHOUT ROWID;
CREATE INDEX index_date_of ON index_date (rid, param);

-- Numbers as well, without system, code and unit.
CREATE TABLE index_quantity (
  param INTEGER NOT NULL,
  number REAL NOT NULL,
  rid INTEGER NOT NULL,
  system TEXT NOT NULL,
  code TEXT NOT NULL,
  unit TEXT NOT NULL,
  part_group INTEGER NOT NULL,
  PRIMARY KEY (param, number, rid, system, code, unit, part_group)
) WITHOUT ROWID;
CREATE INDEX index_quantity_of ON index_quantity (rid, param);

-- The genetic results of a patient, as read from the resource rid.
CREATE TABLE gene_result (
  patient TEXT NOT NULL,
  rid INTEGER NOT NULL,
  place INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (patient, rid, place)
) WITHOUT ROWID;
CREATE INDEX gene_result_of ON gene_result (rid);

-- What is no resource.
CREATE TABLE record (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT,
  patient TEXT NOT NULL,
  status TEXT NOT NULL,
  created TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX record_identity ON record (id);
CREATE UNIQUE INDEX record_key ON record (kind, key);
CREATE INDEX record_of_kind ON record (kind, seq);
CREATE INDEX record_of_patient ON record (patient, kind, seq);
CREATE INDEX record_of_status ON record (kind, status, seq);
CREATE INDEX record_created ON record (kind, created);
)sql"

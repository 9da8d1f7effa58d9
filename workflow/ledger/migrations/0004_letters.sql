-- +goose Up
-- A letter to somebody who is not on the roster goes to an address that stands
-- here only. A letter that was gathered goes out as a line of its digest.
ALTER TABLE letters ADD COLUMN address text NOT NULL DEFAULT '';
ALTER TABLE letters ADD COLUMN digest text NOT NULL DEFAULT '';
CREATE INDEX letters_address ON letters (address, created_at) WHERE address <> '';
CREATE INDEX letters_digest ON letters (digest) WHERE digest <> '';

-- Who was to be told of something new, and when.
CREATE TABLE alerts (
  person text   NOT NULL,
  at     bigint NOT NULL,
  ref    text   NOT NULL,
  kind   text   NOT NULL,
  PRIMARY KEY (person, at, ref, kind)
);

-- A digest takes further lines until it is sealed, which is before it is written.
CREATE TABLE digests (
  letter text   NOT NULL PRIMARY KEY,
  person text   NOT NULL,
  lines  bigint NOT NULL,
  sealed bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX digests_open ON digests (person) WHERE sealed = 0;

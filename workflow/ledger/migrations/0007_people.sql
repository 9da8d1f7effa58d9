-- +goose Up
-- Who must never learn of a case, and whose exclusion somebody proposed to lift.
ALTER TABLE cases ADD COLUMN barred text NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN lifting text NOT NULL DEFAULT '';

-- Who an automatic answer said is away. It is an addition to what the council
-- wrote down, and never taken out.
CREATE TABLE absences (
  person   text   NOT NULL,
  from_at  bigint NOT NULL,
  until_at bigint NOT NULL,
  arrival  text   NOT NULL,
  PRIMARY KEY (person, from_at)
);
CREATE INDEX absences_until ON absences (until_at);

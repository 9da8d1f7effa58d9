-- +goose Up
-- Who looked at a case without an account: the operator, on somebody's word.
CREATE TABLE reads (
  id       text   NOT NULL PRIMARY KEY,
  case_ref text   NOT NULL,
  at       bigint NOT NULL,
  reader   text   NOT NULL,
  what     text   NOT NULL,
  person   text   NOT NULL,
  why      text   NOT NULL
);
CREATE INDEX reads_case ON reads (case_ref, at);
-- append-only: reads

-- +goose Up
CREATE INDEX jobs_round ON jobs (subject, due_at) WHERE kind = 'tick';

-- A server that was restored gives a UID out a second time: the second arrival
-- has a key of its own, and the first one's here.
ALTER TABLE arrivals ADD COLUMN reused_key text NOT NULL DEFAULT '';
CREATE INDEX arrivals_reused ON arrivals (reused_key) WHERE reused_key <> '';

-- What is known of a watched folder from one life of the worker to the next.
CREATE TABLE folders (
  name          text   NOT NULL PRIMARY KEY,
  validity      bigint NOT NULL,
  next          bigint NOT NULL,
  seen_at       bigint NOT NULL,
  vanished      bigint NOT NULL DEFAULT 0,
  removed       bigint NOT NULL DEFAULT 0,
  told_vanished bigint NOT NULL DEFAULT 0,
  told_removed  bigint NOT NULL DEFAULT 0,
  told_at       bigint NOT NULL DEFAULT 0
);

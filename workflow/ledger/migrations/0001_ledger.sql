-- +goose Up
CREATE TABLE arrivals (
  id          text   NOT NULL PRIMARY KEY,
  door        text   NOT NULL,
  mailbox     text   NOT NULL,
  org         text   NOT NULL,
  door_key    text   NOT NULL UNIQUE,
  sha256      text   NOT NULL,
  size        bigint NOT NULL,
  received_at bigint NOT NULL,
  state       text   NOT NULL,
  case_ref    text   NOT NULL DEFAULT '',
  why         text   NOT NULL DEFAULT '',
  content     text   NOT NULL DEFAULT '',
  defects     text   NOT NULL DEFAULT ''
);
CREATE INDEX arrivals_sha256 ON arrivals (sha256);
CREATE INDEX arrivals_content ON arrivals (content) WHERE content <> '';

CREATE TABLE exhibits (
  arrival  text   NOT NULL REFERENCES arrivals (id),
  n        bigint NOT NULL,
  name     text   NOT NULL,
  declared text   NOT NULL,
  sniffed  text   NOT NULL,
  how      text   NOT NULL,
  size     bigint NOT NULL,
  sha256   text   NOT NULL,
  PRIMARY KEY (arrival, n)
);

CREATE TABLE cases (
  ref             text   NOT NULL PRIMARY KEY,
  org             text   NOT NULL,
  severity        text   NOT NULL,
  state           text   NOT NULL,
  arrival         text   NOT NULL REFERENCES arrivals (id) DEFERRABLE INITIALLY DEFERRED,
  opened_at       bigint NOT NULL,
  climbed         bigint NOT NULL,
  reached         bigint NOT NULL,
  reviews         bigint NOT NULL,
  acknowledged_at bigint NOT NULL,
  acknowledged_by text   NOT NULL,
  proposed_by     text   NOT NULL,
  breached_at     bigint NOT NULL,
  next_seq        bigint NOT NULL,
  alarms          text   NOT NULL
);

CREATE TABLE events (
  case_ref text   NOT NULL REFERENCES cases (ref) DEFERRABLE INITIALLY DEFERRED,
  seq      bigint NOT NULL,
  at       bigint NOT NULL,
  actor    text   NOT NULL,
  verb     text   NOT NULL,
  note     text   NOT NULL,
  arrival  text   NOT NULL,
  PRIMARY KEY (case_ref, seq)
);
-- append-only: events

CREATE TABLE letters (
  id         text   NOT NULL PRIMARY KEY,
  case_ref   text   NOT NULL,
  kind       text   NOT NULL,
  person     text   NOT NULL,
  role       text   NOT NULL,
  rung       bigint NOT NULL,
  detail     text   NOT NULL,
  token_hash text   NOT NULL,
  created_at bigint NOT NULL,
  give_up_at bigint NOT NULL,
  state      text   NOT NULL,
  sent_at    bigint NOT NULL DEFAULT 0,
  sha256     text   NOT NULL DEFAULT '',
  code       bigint NOT NULL DEFAULT 0,
  used_at    bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX letters_token ON letters (token_hash) WHERE sha256 <> '';
CREATE INDEX letters_case ON letters (case_ref);
CREATE INDEX letters_answer ON letters (person, kind, created_at) WHERE role = '';

CREATE TABLE jobs (
  id            text   NOT NULL PRIMARY KEY,
  kind          text   NOT NULL,
  subject       text   NOT NULL,
  urgent        bigint NOT NULL DEFAULT 0,
  due_at        bigint NOT NULL,
  gen           bigint NOT NULL DEFAULT 0,
  offer         bigint NOT NULL DEFAULT 0,
  offered_at    bigint NOT NULL DEFAULT 0,
  attempts      bigint NOT NULL DEFAULT 0,
  claim         text   NOT NULL DEFAULT '',
  claimed_until bigint NOT NULL DEFAULT 0,
  why           text   NOT NULL DEFAULT '',
  done_at       bigint NOT NULL DEFAULT 0,
  parked_at     bigint NOT NULL DEFAULT 0
);
CREATE INDEX jobs_due ON jobs (due_at) WHERE done_at = 0 AND parked_at = 0;
CREATE INDEX jobs_unoffered ON jobs (due_at) WHERE done_at = 0 AND parked_at = 0 AND offered_at = 0;
CREATE INDEX jobs_parked ON jobs (kind) WHERE done_at = 0 AND parked_at > 0;

CREATE TABLE troubles (
  name     text   NOT NULL PRIMARY KEY,
  since    bigint NOT NULL,
  told_at  bigint NOT NULL
);

CREATE TABLE leases (
  name   text   NOT NULL PRIMARY KEY,
  holder text   NOT NULL,
  until  bigint NOT NULL
);

-- +goose Up
CREATE TABLE canaries (
  id      text   NOT NULL PRIMARY KEY,
  due_at  bigint NOT NULL,
  back_at bigint NOT NULL DEFAULT 0,
  sha256  text   NOT NULL DEFAULT ''
);
CREATE INDEX canaries_due ON canaries (due_at);

-- The lowest UID that was seen and not yet taken in, or next.
ALTER TABLE folders ADD COLUMN settled bigint NOT NULL DEFAULT 0;

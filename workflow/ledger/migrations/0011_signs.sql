-- +goose Up
-- What a mail server said of messages whose bytes were taken in: known ones that
-- lie in their folder are told by it from others under a UID given out again.
CREATE TABLE signs (
  door_key text NOT NULL,
  sign     text NOT NULL,
  PRIMARY KEY (door_key, sign)
);

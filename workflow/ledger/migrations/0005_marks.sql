-- +goose Up
CREATE TABLE marks (
  name  text NOT NULL PRIMARY KEY,
  value text NOT NULL
);

-- +goose Up
-- What casework found out and decided about a case, as JSON; '' where there is none.
ALTER TABLE cases ADD COLUMN casework text NOT NULL DEFAULT '';

-- By what the parties of cases could be found: addresses, numbers, handles, links.
CREATE TABLE traces (
  trace    text NOT NULL,
  case_ref text NOT NULL,
  PRIMARY KEY (trace, case_ref)
);

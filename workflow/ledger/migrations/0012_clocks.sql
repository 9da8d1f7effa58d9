-- +goose Up
-- The policies that cases run under, each with the bank holidays that were known.
CREATE TABLE policies (
  version  text   NOT NULL PRIMARY KEY,
  policy   text   NOT NULL,
  holidays text   NOT NULL,
  since    bigint NOT NULL
);

-- A case without a version is older than policies: it keeps the plain ladder.
ALTER TABLE cases ADD COLUMN policy_version text NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN story text NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN rungs text NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN since_at bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN grading text NOT NULL DEFAULT '';

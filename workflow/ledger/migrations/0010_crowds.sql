-- +goose Up
-- Alerts are counted by the crowd they came in: a flood that waited in a mailbox
-- must not use up what a new report may claim.
ALTER TABLE alerts ADD COLUMN crowd text NOT NULL DEFAULT '';
CREATE INDEX alerts_crowd ON alerts (person, crowd, at);

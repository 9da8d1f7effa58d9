-- +goose Up
ALTER TABLE folders ADD COLUMN reconciled_vanished bigint NOT NULL DEFAULT 0;
ALTER TABLE folders ADD COLUMN reconciled_removed bigint NOT NULL DEFAULT 0;

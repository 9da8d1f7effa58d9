-- +goose Up
ALTER TABLE arrivals ADD COLUMN grade text NOT NULL DEFAULT '';
ALTER TABLE arrivals ADD COLUMN authentic bigint NOT NULL DEFAULT 0;
ALTER TABLE arrivals ADD COLUMN auth_why text NOT NULL DEFAULT '';
ALTER TABLE arrivals ADD COLUMN signatures text NOT NULL DEFAULT '';

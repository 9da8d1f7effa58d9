-- +goose Up
CREATE INDEX cases_barred ON cases (opened_at, ref) WHERE barred <> '';

// Package evidence keeps bytes, for ever and unchanged.
//
// What is sealed is named by its SHA-256 and is on disk, bytes and directory
// entry, before Seal returns: only then may a mailbox or a reporter be told. A
// kept exhibit is never written again, never replaced and never deleted; one
// whose bytes no longer match its name is reported and left as it is, since
// healing it would destroy the evidence of tampering.
//
// It knows bytes, digests and one folder. It must never know what the bytes
// mean (no mail, no MIME), who brought them or which case they belong to, and
// nothing else in the program may open its folder.
//
// The folder:
//
//	exhibits/<sha-256 in lower-case hex>   mode 0400, complete from the moment it is visible
//	drafts/<store>/<n>                     bytes still arriving; swept when their store is gone
//	folder                                 the name of this folder, which the ledger knows too
//
// Exhibits lie flat in one folder, because one fsync of that folder then makes
// every exhibit linked before it durable, whoever linked it: measured against
// 256 shards on ext4 this gives 8.4–9.0 thousand 4 KB exhibits a second for 32
// writers, against 6.0–6.4 thousand (and a bare serial loop of write and fsync
// 3.4 thousand). A flat ext4 folder holds about ten million names.
package evidence

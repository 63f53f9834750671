//go:build linux

// Package sandbox runs untrusted Python programs, such as those that a model writes.
//
// Each run is one process in user, mount, pid, network, ipc and uts namespaces of its
// own, made by a small helper binary (folder cell). Its root holds /usr, read-only, an
// empty bounded /tmp and /dev/null; it has no capability, no network, no /proc, cannot
// start a process, and is limited in CPU time, memory, threads, output and disk. When it
// ends, nothing of it is left. As root, each slot maps to a host uid of its own.
//
// Expected results never enter: a job carries a program and its inputs, an outcome what
// came out; package model/reward/code compares. The interpreter runs without the site
// module (standard library only) and with a fixed hash seed and memory layout, so that
// the same program prints the same again.
//
// Two things are kept apart throughout. A program that fails (exception, limit, crash)
// is an Outcome. A fault of the set-up, of the machine or of the judge is an error, which
// callers treat as "no verdict" and never as a failed program. New runs a self-test of
// attack programs and refuses to serve if one of them is not stopped; there is no mode
// without walls.
package sandbox

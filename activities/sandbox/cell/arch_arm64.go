//go:build linux

package main

import "golang.org/x/sys/unix"

const auditArch = unix.AUDIT_ARCH_AARCH64

// forksHere are the calls beside clone that start a process.
var forksHere []uint32

// deniedHere are the calls that only this architecture has.
var deniedHere = []uint32{unix.SYS_KEXEC_FILE_LOAD}

var deniedOnHostHere []uint32

// opensHere are calls that open a file, with the number of their flags' argument.
var opensHere map[uint32]int

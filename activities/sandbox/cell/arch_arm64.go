//go:build linux

package main

import "golang.org/x/sys/unix"

const (
	auditArch = unix.AUDIT_ARCH_AARCH64
	fstatat   = unix.SYS_FSTATAT
)

// The calls that only this architecture has: none.
var (
	allowedHere, allowedInNamespacesHere, interpretersHere []uint32
	opensHere, accessesHere                                []place
)

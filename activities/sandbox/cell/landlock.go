//go:build linux

package main

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ruleset is struct landlock_ruleset_attr; a kernel of an older ABI takes its beginning.
type ruleset struct{ files, network, scoped uint64 }

// beneathSize is that of struct landlock_path_beneath_attr, which is packed: a uint64 of
// what is allowed and the int32 of an open folder.
const beneathSize = 12

// restrictFiles lets this process and all that comes of it read and execute what is
// under /usr, and touch no other file. What Landlock does not know, or not yet in this
// kernel (truncation, metadata, signals, sockets), the system-call filter refuses.
func restrictFiles() error {
	abi, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if e != 0 {
		return fmt.Errorf("this kernel has it not, or not enabled: %w", e)
	}
	r := ruleset{files: 1<<13 - 1}
	size := unsafe.Sizeof(r.files)
	if abi >= 2 {
		r.files |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if abi >= 3 {
		r.files |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if abi >= 4 {
		r.network, size = unix.LANDLOCK_ACCESS_NET_BIND_TCP|unix.LANDLOCK_ACCESS_NET_CONNECT_TCP, 2*size
	}
	if abi >= 5 {
		r.files |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	}
	if abi >= 6 {
		r.scoped, size = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET|unix.LANDLOCK_SCOPE_SIGNAL, unsafe.Sizeof(r)
	}
	rules, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&r)), size, 0)
	if e != 0 {
		return fmt.Errorf("create ruleset: %w", e)
	}
	defer unix.Close(int(rules))
	usr, err := unix.Open("/usr", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open /usr: %w", err)
	}
	defer unix.Close(usr)
	var packed [beneathSize]byte
	*(*uint64)(unsafe.Pointer(&packed[0])) = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	*(*int32)(unsafe.Pointer(&packed[8])) = int32(usr)
	if _, _, e := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, rules, unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&packed[0])), 0, 0, 0); e != 0 {
		return fmt.Errorf("add /usr: %w", e)
	}
	if _, _, e := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0, 0); e != 0 {
		return fmt.Errorf("restrict: %w", e)
	}
	return nil
}

// Package machine is what a worker's process may use of the machine that it runs
// on: cores, a backend to compute with, and memory.
package machine

import (
	"cmp"
	"fmt"
	"os"

	"temper/model/backend"
)

// Machine is what a process computes on.
type Machine struct {
	// Cores is how many cores work may take.
	Cores int
	// Backend is the GoMLX backend; "" is the CPU.
	Backend string
	// Available is the memory that this process may have, in bytes; nil for no bound.
	Available func() (int64, error)
}

// BackendFor is the backend that a recipe pins, or else the machine's.
func (m Machine) BackendFor(pinned string) string { return Shared(cmp.Or(pinned, m.Backend)) }

// Shared is the configuration of a backend that several goroutines use.
func Shared(config string) string {
	if config == backend.Go {
		return backend.GoShared
	}
	return config
}

// Limit is the memory that this process may have, in bytes, 0 where nobody asks.
func (m Machine) Limit() (int64, error) {
	if m.Available == nil {
		return 0, nil
	}
	return m.Available()
}

// Name tells this process from others in manifests and messages: HOST/PROCESS.
func Name() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown-host"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

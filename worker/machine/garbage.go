package machine

import (
	"os"
	"runtime/debug"

	"temper/model/memory"
)

// BoundGarbage lets the garbage collector begin early enough that garbage adds
// little to so many live bytes: tensors hold no pointers, so that its work is cheap. Near
// the limit it works as hard as it has to. GOGC and GOMEMLIMIT, where they are set, stay.
func BoundGarbage(live, limit int64) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(int(max(4, min(100, 100*memory.Overhead/2/max(live, 1)))))
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
}

//go:build xla && cgo

package backend

import (
	"github.com/gomlx/go-xla/compute/xla" // registers xla
)

// Opening a backend must not fetch programs from the network: whoever runs this
// on a GPU installs the plugin that they want.
func init() { xla.EnableAutoInstall(false) }

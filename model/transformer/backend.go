package transformer

import (
	"fmt"
	"reflect"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // the CPU backend, "go"
)

// OpenBackend opens a GoMLX backend. "" is the CPU backend with one worker:
// several of them, each with its own share of the rows, use the cores better
// than one that spreads every operation, and results do not depend on how many
// there are. Other values are GoMLX backend configurations, such as
// "xla:cuda" in a build with XLA.
func OpenBackend(config string) (compute.Backend, error) {
	if config != "" {
		b, err := compute.NewWithConfig(config)
		if err != nil {
			return nil, fmt.Errorf("open backend %q: %w", config, err)
		}
		return b, nil
	}
	b, err := compute.NewWithConfig("go")
	if err != nil {
		return nil, fmt.Errorf("open backend: %w", err)
	}
	// "go:parallelism=1" does the same, but prints a line to standard output
	// for every backend.
	workers := reflect.Indirect(reflect.ValueOf(b)).FieldByName("Workers")
	if !workers.IsValid() || !workers.MethodByName("SetMaxParallelism").IsValid() {
		return compute.NewWithConfig("go:parallelism=1")
	}
	workers.MethodByName("SetMaxParallelism").Call([]reflect.Value{reflect.ValueOf(1)})
	return b, nil
}

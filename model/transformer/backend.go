package transformer

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // the CPU backend, "go"
)

// The configurations of the CPU backend that OpenBackend is given. Both have one
// worker: several backends, each with its own share of the rows, use the cores
// better than one that spreads every operation, and results do not depend on how
// many there are.
const (
	// CPU may still run independent operations of a graph side by side.
	CPU = "go"
	// CPUSequential runs one operation after another on the goroutine that calls:
	// for graphs so small that handing work on costs more than doing it.
	CPUSequential = "go:ops_sequential"
)

// OpenBackend opens a GoMLX backend: CPU, CPUSequential, or any GoMLX backend
// configuration, such as "xla:cuda" in a build with XLA.
func OpenBackend(config string) (compute.Backend, error) {
	backend, err := compute.NewWithConfig(config)
	if err != nil {
		return nil, fmt.Errorf("open backend %q: %w", config, err)
	}
	if config != CPU && config != CPUSequential {
		return backend, nil
	}
	// The option "parallelism=1" does the same, but prints a line to standard
	// output for every backend.
	workers := reflect.Indirect(reflect.ValueOf(backend)).FieldByName("Workers")
	if workers.IsValid() && workers.MethodByName("SetMaxParallelism").IsValid() {
		workers.MethodByName("SetMaxParallelism").Call([]reflect.Value{reflect.ValueOf(1)})
		return backend, nil
	}
	backend.Finalize()
	name, options, _ := strings.Cut(config, ":")
	return compute.NewWithConfig(strings.TrimSuffix(name+":parallelism=1,"+options, ","))
}

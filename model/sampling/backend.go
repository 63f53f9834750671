package sampling

import (
	"reflect"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // the CPU backend, "go"
)

// openBackend opens GoMLX's CPU backend so that it works on the goroutine that
// calls it alone, one operation after another: at these sizes handing work to
// other goroutines costs more than doing it.
func openBackend() (compute.Backend, error) {
	backend, err := compute.NewWithConfig("go:ops_sequential")
	if err != nil {
		return nil, err
	}
	// Batched products would still be handed out. "parallelism=1" prevents it
	// too, but prints a line to standard output for every backend.
	workers := reflect.Indirect(reflect.ValueOf(backend)).FieldByName("Workers")
	if workers.IsValid() && workers.MethodByName("SetMaxParallelism").IsValid() {
		workers.MethodByName("SetMaxParallelism").Call([]reflect.Value{reflect.ValueOf(1)})
	}
	return backend, nil
}

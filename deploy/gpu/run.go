package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/gomlx/compute/dtypes"
)

// runCell runs one cell in this process and prints its results.
func runCell(c Cell, backend, goldens string) (err error) {
	if backend == "" {
		return fmt.Errorf("cell %s: -cell needs -backend", c)
	}
	defer func() {
		// GoMLX panics where a graph cannot be built: one line for the table, the
		// stack for the log.
		if p := recover(); p != nil {
			err = fmt.Errorf("cell %s: %v", c, p)
			debug.PrintStack()
		}
		if err != nil {
			emit(Result{Cell: c.String(), Engine: temper, Status: statusError, Text: shorten(err.Error())})
		}
	}()
	switch c.Kind {
	case training:
		return trainCell(c, backend)
	case decoding:
		return generateCell(c, backend)
	}
	return parityCell(c, backend, goldens)
}

// trainTarget is what training is measured on: bf16 products, which accelerators
// are made for, and fp32 on a CPU. Weights, gradients and moments are fp32.
func trainTarget(backend string) target {
	on := target{backend: backend}
	if strings.HasPrefix(backend, "xla") {
		on.compute = dtypes.BFloat16
	}
	return on
}

// precision is what products are computed in. XLA multiplies float32 in TF32
// unless told otherwise.
func (on target) precision() string {
	switch {
	case on.compute == dtypes.BFloat16:
		return "bf16"
	case strings.HasPrefix(on.backend, "xla") && !strings.Contains(on.backend, "tf32=false"):
		return "tf32"
	}
	return "fp32"
}

// software names the versions of this build.
func software() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	parts := []string{info.GoVersion}
	for _, dep := range info.Deps {
		if strings.HasPrefix(dep.Path, "github.com/gomlx/") {
			parts = append(parts, strings.TrimPrefix(dep.Path, "github.com/gomlx/")+" "+dep.Version)
		}
	}
	return strings.Join(parts, ", ")
}

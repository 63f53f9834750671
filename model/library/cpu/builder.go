package cpu

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// Builder builds a graph with gobackend and records it on the side.
type Builder struct {
	compute.Builder // gobackend's
	backend         *Backend
	main            *Function
}

// Main implements compute.Builder.
func (b *Builder) Main() compute.Function { return b.main }

// Compile implements compute.Builder. A graph of which every operation was
// recorded is planned here; others, such as those with closures, are left to
// gobackend as a whole.
func (b *Builder) Compile() (compute.Executable, error) {
	inner, err := b.Builder.Compile()
	if err != nil {
		return nil, err
	}
	if b.backend.kernels.class != classGo && b.main.recorded() {
		p, err := newPlan(b.backend, b.main)
		if err != nil {
			return nil, fmt.Errorf("compile %q: %w", b.Name(), err)
		}
		names, inputs := inner.Inputs()
		outputs := inner.Outputs()
		inner.Finalize()
		return &Executable{backend: b.backend, plan: p, names: names, inputs: inputs, outputs: outputs}, nil
	}
	return &delegate{Executable: inner, backend: b.backend}, nil
}

// delegate is an executable that is gobackend's as a whole.
type delegate struct {
	compute.Executable
	backend *Backend
}

// Execute implements compute.Executable.
func (d *delegate) Execute(inputs []compute.Buffer, donate []bool, device compute.DeviceNum) ([]compute.Buffer, error) {
	inner := make([]compute.Buffer, len(inputs))
	for i, in := range inputs {
		b, err := d.backend.own(in, i)
		if err != nil {
			return nil, err
		}
		if inner[i], err = b.inner(); err != nil {
			return nil, err
		}
		if i < len(donate) && donate[i] {
			b.donated.Store(true)
		}
	}
	computing.Add(1)
	defer computing.Add(-1)
	outputs, err := d.Executable.Execute(inner, donate, device)
	if err != nil {
		return nil, err
	}
	for i, o := range outputs {
		outputs[i] = &Buffer{Buffer: o, backend: d.backend, foreign: true}
	}
	return outputs, nil
}

// own checks that an input is a live buffer of this backend.
func (b *Backend) own(in compute.Buffer, i int) (*Buffer, error) {
	buffer, ok := in.(*Buffer)
	if !ok || buffer.backend != b {
		return nil, fmt.Errorf("execute: input %d is not a buffer of this backend", i)
	}
	if buffer.donated.Load() {
		return nil, fmt.Errorf("execute: input %d: %w", i, errDonated)
	}
	return buffer, nil
}

// check tells whether inputs have the shapes that an executable was compiled for.
func check(want []shapes.Shape, inputs []compute.Buffer) error {
	if len(inputs) != len(want) {
		return fmt.Errorf("execute: %d inputs for %d parameters", len(inputs), len(want))
	}
	for i, in := range inputs {
		shape, err := in.Shape()
		if err != nil {
			return fmt.Errorf("execute: input %d: %w", i, err)
		}
		if !shape.Equal(want[i]) {
			return fmt.Errorf("execute: input %d has shape %s, its parameter %s", i, shape, want[i])
		}
	}
	return nil
}

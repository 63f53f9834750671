package cpu

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// Executable is a graph that was planned here. It may be executed by several
// goroutines at a time.
type Executable struct {
	backend         *Backend
	plan            *plan
	names           []string
	inputs, outputs []shapes.Shape
}

// Finalize implements compute.Executable.
func (e *Executable) Finalize() {
	for _, k := range e.plan.kept {
		k.Finalize()
	}
	e.plan = nil
}

// Inputs implements compute.Executable.
func (e *Executable) Inputs() ([]string, []shapes.Shape) { return e.names, e.inputs }

// Outputs implements compute.Executable.
func (e *Executable) Outputs() []shapes.Shape { return e.outputs }

// execution is one run of a plan.
type execution struct {
	plan    *plan
	at      []unsafe.Pointer // of the roots
	scratch unsafe.Pointer
	inputs  []*Buffer
}

// Execute implements compute.Executable.
func (e *Executable) Execute(inputs []compute.Buffer, donate []bool, device compute.DeviceNum) ([]compute.Buffer, error) {
	p := e.plan
	if p == nil || e.backend.IsFinalized() {
		return nil, fmt.Errorf("execute: the executable was finalized")
	}
	if err := check(e.inputs, inputs); err != nil {
		return nil, err
	}
	x := &execution{plan: p, at: make([]unsafe.Pointer, len(p.roots)), inputs: make([]*Buffer, len(inputs))}
	for i, in := range inputs {
		var err error
		if x.inputs[i], err = e.backend.own(in, i); err != nil {
			return nil, err
		}
	}
	outputs, err := e.makeOutputs(x, donate, device)
	if err != nil {
		return nil, err
	}
	computing.Add(1)
	defer computing.Add(-1)
	arena := e.backend.memory.borrow(&e.backend.memory.arenas, p.arena)
	defer e.backend.memory.release(&e.backend.memory.arenas, arena)
	if err := x.locate(arena, outputs); err != nil {
		return nil, err
	}
	if err := x.run(); err != nil {
		return nil, err
	}
	for i, d := range donate {
		if d {
			if err := x.inputs[i].Finalize(); err != nil {
				return nil, err
			}
		}
	}
	return outputs, nil
}

// makeOutputs takes memory for the outputs: that of a donated input, where the
// plan writes in place, or other.
func (e *Executable) makeOutputs(x *execution, donate []bool, device compute.DeviceNum) ([]compute.Buffer, error) {
	outputs := make([]compute.Buffer, len(e.outputs))
	for i, shape := range e.outputs {
		if in, ok := e.plan.inPlace[i]; ok && in < len(donate) && donate[in] && sameShape(shape, e.inputs[in]) {
			outputs[i] = &Buffer{Buffer: x.inputs[in].Buffer, backend: e.backend, foreign: x.inputs[in].foreign, lent: x.inputs[in].lent}
			x.inputs[in].donated.Store(true)
			continue
		}
		inner, err := e.backend.newInner(device, shape)
		if err != nil {
			return nil, err
		}
		outputs[i] = &Buffer{Buffer: inner, backend: e.backend}
	}
	return outputs, nil
}

func sameShape(a, b shapes.Shape) bool { return a.Equal(b) }

// locate finds the memory of every root.
func (x *execution) locate(arena []float32, outputs []compute.Buffer) error {
	base := unsafe.Pointer(unsafe.SliceData(arena))
	x.scratch = unsafe.Add(base, x.plan.scratch*4)
	for i, r := range x.plan.roots {
		r = x.plan.find(r)
		switch r.place {
		case inArena:
			if r.first >= 0 {
				x.at[i] = unsafe.Add(base, r.index*64)
			}
		case inConstant:
			x.at[i] = x.plan.constants[r.index].pointer
		case inInput:
			pointer, err := dataPointer(x.inputs[r.index].Buffer)
			if err != nil {
				return err
			}
			x.at[i] = pointer
		case inOutput:
			pointer, err := dataPointer(outputs[r.index].(*Buffer).Buffer)
			if err != nil {
				return err
			}
			x.at[i] = pointer
		}
	}
	return nil
}

func (x *execution) run() error {
	for i, s := range x.plan.steps {
		if err := s(x); err != nil {
			return fmt.Errorf("execute step %d (%s): %w", i, x.plan.names[i], err)
		}
	}
	return nil
}

// dataPointer is where the elements of a gobackend buffer lie.
func dataPointer(b compute.Buffer) (unsafe.Pointer, error) {
	flat, err := b.Data()
	if err != nil {
		return nil, err
	}
	switch s := flat.(type) {
	case []float32:
		return unsafe.Pointer(unsafe.SliceData(s)), nil
	case []int32:
		return unsafe.Pointer(unsafe.SliceData(s)), nil
	case []bool:
		return unsafe.Pointer(unsafe.SliceData(s)), nil
	}
	return reflect.ValueOf(flat).UnsafePointer(), nil
}

// pointer is where element offset of a view's root lies.
func (x *execution) pointer(v *view, offset int) unsafe.Pointer {
	return unsafe.Add(x.at[v.root.id], (v.offset+offset)*v.root.bytes)
}

// aligned returns memory for n elements that begins at a cache line.
func aligned(n int) []float32 {
	s := make([]float32, n+lineElements)
	skip := 0
	for uintptr(unsafe.Pointer(&s[skip]))%64 != 0 {
		skip++
	}
	return s[skip : skip+n : skip+n]
}

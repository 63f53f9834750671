package cpu

import "github.com/gomlx/compute"

// closure is a function within another, or beside the main one. gobackend
// computes the whole of a graph that calls one.
type closure struct {
	compute.Function // gobackend's
	builder          *Builder
	parent           compute.Function
}

// Builder implements compute.Function.
func (c *closure) Builder() compute.Builder { return c.builder }

// Parent implements compute.Function.
func (c *closure) Parent() compute.Function { return c.parent }

// Closure implements compute.Function.
func (c *closure) Closure() (compute.Function, error) {
	inner, err := c.Function.Closure()
	if err != nil {
		return nil, err
	}
	return &closure{Function: inner, builder: c.builder, parent: c}, nil
}

// Closure implements compute.Function.
func (f *Function) Closure() (compute.Function, error) {
	inner, err := f.Function.Closure()
	if err != nil {
		return nil, err
	}
	return &closure{Function: inner, builder: f.builder, parent: f}, nil
}

// NewFunction implements compute.Builder.
func (b *Builder) NewFunction(name string) (compute.Function, error) {
	inner, err := b.Builder.NewFunction(name)
	if err != nil {
		return nil, err
	}
	return &closure{Function: inner, builder: b}, nil
}

// innermost is gobackend's function of one of ours.
func innermost(f compute.Function) compute.Function {
	switch f := f.(type) {
	case *closure:
		return f.Function
	case *Function:
		return f.Function
	}
	return f
}

// Call implements compute.Function.
func (f *Function) Call(callee compute.Function, inputs ...compute.Value) ([]compute.Value, error) {
	return f.Function.Call(innermost(callee), inputs...)
}

// Sort implements compute.Function.
func (f *Function) Sort(comparator compute.Function, axis int, isStable bool, inputs ...compute.Value) ([]compute.Value, error) {
	return f.Function.Sort(innermost(comparator), axis, isStable, inputs...)
}

// While implements compute.Function.
func (f *Function) While(cond, body compute.Function, initial ...compute.Value) ([]compute.Value, error) {
	return f.Function.While(innermost(cond), innermost(body), initial...)
}

// If implements compute.Function.
func (f *Function) If(pred compute.Value, onTrue, onFalse compute.Function) ([]compute.Value, error) {
	return f.Function.If(pred, innermost(onTrue), innermost(onFalse))
}

// Call implements compute.Function.
func (c *closure) Call(callee compute.Function, inputs ...compute.Value) ([]compute.Value, error) {
	return c.Function.Call(innermost(callee), inputs...)
}

// Sort implements compute.Function.
func (c *closure) Sort(comparator compute.Function, axis int, isStable bool, inputs ...compute.Value) ([]compute.Value, error) {
	return c.Function.Sort(innermost(comparator), axis, isStable, inputs...)
}

// While implements compute.Function.
func (c *closure) While(cond, body compute.Function, initial ...compute.Value) ([]compute.Value, error) {
	return c.Function.While(innermost(cond), innermost(body), initial...)
}

// If implements compute.Function.
func (c *closure) If(pred compute.Value, onTrue, onFalse compute.Function) ([]compute.Value, error) {
	return c.Function.If(pred, innermost(onTrue), innermost(onFalse))
}

package train

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"temper/model/library/safetensors"
	"temper/model/transformer"
)

// OptimizerState is what AdamW carries from step to step. Tensors are aligned
// with Config.Params(). The zero value is the state before the first step, whose
// moments are all 0 and take no memory.
type OptimizerState struct {
	Step     int         // optimiser steps taken
	ExpAvg   [][]float32 // first moments; nil before the first step
	ExpAvgSq [][]float32 // second moments; nil before the first step
}

// begin gives the state moments, unless it has some.
func (s *OptimizerState) begin(c transformer.Config) {
	if s.ExpAvg != nil {
		return
	}
	for _, p := range c.Params() {
		s.ExpAvg = append(s.ExpAvg, make([]float32, p.Size()))
		s.ExpAvgSq = append(s.ExpAvgSq, make([]float32, p.Size()))
	}
}

// check reports whether the state belongs to a network with config c.
func (s OptimizerState) check(c transformer.Config) error {
	if s.Step == 0 && s.ExpAvg == nil && s.ExpAvgSq == nil {
		return nil
	}
	specs := c.Params()
	if len(s.ExpAvg) != len(specs) || len(s.ExpAvgSq) != len(specs) {
		return fmt.Errorf("%d and %d moments for %d parameters", len(s.ExpAvg), len(s.ExpAvgSq), len(specs))
	}
	for i, p := range specs {
		if n := p.Size(); len(s.ExpAvg[i]) != n || len(s.ExpAvgSq[i]) != n {
			return fmt.Errorf("%s has %d and %d moments for shape %v", p.Name, len(s.ExpAvg[i]), len(s.ExpAvgSq[i]), p.Shape)
		}
	}
	return nil
}

// Fit returns the state for a network whose parameters are those of the state's up
// to the end of the shorter list: moments of parameters that are new are 0.
func (s OptimizerState) Fit(c transformer.Config) OptimizerState {
	if s.ExpAvg == nil {
		return s
	}
	specs := c.Params()
	n := min(len(specs), len(s.ExpAvg))
	s.ExpAvg, s.ExpAvgSq = s.ExpAvg[:n:n], s.ExpAvgSq[:n:n]
	for _, p := range specs[n:] {
		s.ExpAvg = append(s.ExpAvg, make([]float32, p.Size()))
		s.ExpAvgSq = append(s.ExpAvgSq, make([]float32, p.Size()))
	}
	return s
}

const (
	firstMoment  = "exp_avg."
	secondMoment = "exp_avg_sq."
	stepKey      = "step"
)

// Metadata is what a file of moments says besides: the number of steps.
func (s OptimizerState) Metadata() map[string]string {
	return map[string]string{stepKey: strconv.Itoa(s.Step)}
}

// Moments names the tensors of a state: exp_avg.NAME and exp_avg_sq.NAME for every
// parameter of c.
func Moments(c transformer.Config) []safetensors.Spec {
	var specs []safetensors.Spec
	for _, p := range c.Params() {
		specs = append(specs, safetensors.Spec{Name: firstMoment + p.Name, Shape: p.Shape}, safetensors.Spec{Name: secondMoment + p.Name, Shape: p.Shape})
	}
	return specs
}

// Values is the source of the tensors that Moments names.
func (s OptimizerState) Values(c transformer.Config) safetensors.Source {
	if s.ExpAvg == nil {
		return func(_ context.Context, _ string, _ int, into []float32) error {
			clear(into)
			return nil
		}
	}
	var tensors []safetensors.Tensor
	for i, spec := range Moments(c) {
		data := s.ExpAvg[i/2]
		if i%2 == 1 {
			data = s.ExpAvgSq[i/2]
		}
		tensors = append(tensors, safetensors.Tensor{Name: spec.Name, Data: data})
	}
	return safetensors.Values(tensors)
}

// OptimizerStateFrom is the state whose tensors Moments names, in any order. A
// tensor that is missing, left over or misshapen is an error that names it.
func OptimizerStateFrom(c transformer.Config, tensors []safetensors.Tensor, metadata map[string]string) (OptimizerState, error) {
	var s OptimizerState
	var err error
	if s.Step, err = strconv.Atoi(metadata[stepKey]); err != nil || s.Step < 0 {
		return s, fmt.Errorf("decode optimizer state: metadata has step %q; it must be a number of steps", metadata[stepKey])
	}
	parts := map[string][]safetensors.Tensor{}
	for _, t := range tensors {
		prefix := firstMoment
		if strings.HasPrefix(t.Name, secondMoment) {
			prefix = secondMoment
		}
		name, ok := strings.CutPrefix(t.Name, prefix)
		if !ok {
			return s, fmt.Errorf("decode optimizer state: unexpected tensor %q", t.Name)
		}
		parts[prefix] = append(parts[prefix], safetensors.Tensor{Name: name, Shape: t.Shape, Data: t.Data})
	}
	for _, moment := range []struct {
		prefix string
		to     *[][]float32
	}{{firstMoment, &s.ExpAvg}, {secondMoment, &s.ExpAvgSq}} {
		w, err := transformer.WeightsFrom(c, parts[moment.prefix])
		if err != nil {
			return s, fmt.Errorf("decode optimizer state: %s*: %w", moment.prefix, err)
		}
		*moment.to = w.Tensors
	}
	if s.Step == 0 { // they are zeros
		s.ExpAvg, s.ExpAvgSq = nil, nil
	}
	return s, nil
}

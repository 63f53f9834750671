package train

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"temper/model/safetensors"
	"temper/model/transformer"
)

// OptimizerState is what AdamW carries from step to step. Tensors are aligned
// with Config.Params().
type OptimizerState struct {
	Step     int         // optimiser steps taken
	ExpAvg   [][]float32 // first moments
	ExpAvgSq [][]float32 // second moments
}

// NewOptimizerState is the state before the first step.
func NewOptimizerState(c transformer.Config) OptimizerState {
	var s OptimizerState
	for _, p := range c.Params() {
		s.ExpAvg = append(s.ExpAvg, make([]float32, p.Size()))
		s.ExpAvgSq = append(s.ExpAvgSq, make([]float32, p.Size()))
	}
	return s
}

// Clone is a deep copy.
func (s OptimizerState) Clone() OptimizerState {
	out := OptimizerState{Step: s.Step}
	for i := range s.ExpAvg {
		out.ExpAvg = append(out.ExpAvg, slices.Clone(s.ExpAvg[i]))
		out.ExpAvgSq = append(out.ExpAvgSq, slices.Clone(s.ExpAvgSq[i]))
	}
	return out
}

const (
	firstMoment  = "exp_avg."
	secondMoment = "exp_avg_sq."
	stepKey      = "step"
)

// Encode writes the state as safetensors. The same state always gives the same
// bytes.
func (s OptimizerState) Encode(c transformer.Config) []byte {
	return safetensors.Encode(s.Named(c))
}

// Named are exp_avg.NAME and exp_avg_sq.NAME for every parameter of c, and the
// number of steps as metadata. The values are not copied.
func (s OptimizerState) Named(c transformer.Config) ([]safetensors.Tensor, map[string]string) {
	var tensors []safetensors.Tensor
	for i, p := range c.Params() {
		tensors = append(tensors,
			safetensors.Tensor{Name: firstMoment + p.Name, Shape: p.Shape, Data: s.ExpAvg[i]},
			safetensors.Tensor{Name: secondMoment + p.Name, Shape: p.Shape, Data: s.ExpAvgSq[i]})
	}
	return tensors, map[string]string{stepKey: strconv.Itoa(s.Step)}
}

// DecodeOptimizerState reads what Encode wrote for a network with config c.
func DecodeOptimizerState(c transformer.Config, data []byte) (OptimizerState, error) {
	tensors, metadata, err := safetensors.Decode(data)
	if err != nil {
		return OptimizerState{}, fmt.Errorf("decode optimizer state: %w", err)
	}
	return OptimizerStateFrom(c, tensors, metadata)
}

// OptimizerStateFrom is the state that Named names, tensors in any order. A
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
	return s, nil
}

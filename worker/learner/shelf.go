package learner

import (
	"fmt"
	"math"
	"slices"

	"temper/model/checkpoint"
	"temper/model/train"
	"temper/model/transformer"
)

// A policy in memory is finished or a draft. Finished, it has a name, can be
// found, and nobody changes it. A draft is being changed: it has no name and
// cannot be found. take makes a draft of a finished policy, which loses all its
// names by that; put finishes a draft under the name of what was computed.
// There is no third way, so no name can mean weights that it does not describe.
type (
	finished struct {
		values
		names []string
	}
	draft struct{ values }
)

// values are all that a policy consists of.
type values struct {
	// document is a checkpoint that the policy descends from: what it says besides
	// weights and moments is carried along.
	document checkpoint.Checkpoint
	weights  *transformer.Weights
	moments  train.OptimizerState
}

// shelf keeps finished policies, the last used last. It is a cache: every policy
// can be had again from its name.
type shelf struct {
	room     int
	policies []*finished
	// gone, if not nil, is told of every policy that leaves: what was made of its weights must not outlive it.
	gone func(*finished)
}

// find returns the policy with a name, as the one used last, or nil.
func (s *shelf) find(name string) *finished {
	for i, f := range s.policies {
		if slices.Contains(f.names, name) {
			s.policies = append(slices.Delete(s.policies, i, i+1), f)
			return f
		}
	}
	return nil
}

// take makes a draft of a policy. The policy's values go with it: whoever still
// holds f finds nothing in it.
func (s *shelf) take(f *finished) *draft {
	s.remove(f)
	d := &draft{f.values}
	f.values, f.names = values{}, nil
	return d
}

// put finishes a draft, whose values go with it.
func (s *shelf) put(name string, d *draft) *finished {
	f := &finished{values: d.values}
	d.values = values{}
	s.name(f, name)
	s.policies = append(s.policies, f)
	for len(s.policies) > s.room {
		s.remove(s.policies[0])
	}
	return f
}

// name gives a policy one more name, and takes it from another that has it: a
// policy computed twice is kept once.
func (s *shelf) name(f *finished, name string) {
	if other := s.find(name); other != nil && other != f {
		s.remove(other)
	}
	if !slices.Contains(f.names, name) {
		f.names = append(f.names, name)
	}
}

// remove forgets a policy.
func (s *shelf) remove(f *finished) {
	s.policies = slices.DeleteFunc(s.policies, func(p *finished) bool { return p == f })
	if s.gone != nil {
		s.gone(f)
	}
}

// difference says what two policies differ in, "" if they are alike bit for bit.
func (v values) difference(other values) string {
	if v.moments.Step != other.moments.Step {
		return fmt.Sprintf("%d optimizer steps and %d", v.moments.Step, other.moments.Step)
	}
	for i, p := range v.weights.Config.Params() {
		for _, part := range []struct {
			name string
			a, b [][]float32
		}{
			{"", v.weights.Tensors, other.weights.Tensors},
			{"first moment of ", v.moments.ExpAvg, other.moments.ExpAvg},
			{"second moment of ", v.moments.ExpAvgSq, other.moments.ExpAvgSq},
		} {
			if len(part.a) != len(part.b) || len(part.a) > 0 && !slices.EqualFunc(part.a[i], part.b[i], sameBits) {
				return part.name + p.Name
			}
		}
	}
	return ""
}

func sameBits(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }

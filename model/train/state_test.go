package train

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"temper/model/library/safetensors"
	"temper/model/transformer"
)

// stepped is a state whose moments are all different, after some steps.
func stepped(c transformer.Config, steps int) OptimizerState {
	s := OptimizerState{Step: steps}
	for i, p := range c.Params() {
		first, second := make([]float32, p.Size()), make([]float32, p.Size())
		for j := range first {
			first[j], second[j] = float32(100*i+j), -float32(100*i+j)-0.5
		}
		s.ExpAvg, s.ExpAvgSq = append(s.ExpAvg, first), append(s.ExpAvgSq, second)
	}
	return s
}

// momentsOf are the tensors of a state, as they are stored.
func momentsOf(t *testing.T, c transformer.Config, s OptimizerState) []safetensors.Tensor {
	t.Helper()
	var tensors []safetensors.Tensor
	for i, spec := range Moments(c) {
		data := make([]float32, c.Params()[i/2].Size())
		if err := s.Values(c)(t.Context(), spec.Name, 0, data); err != nil {
			t.Fatal(err)
		}
		tensors = append(tensors, safetensors.Tensor{Name: spec.Name, Shape: spec.Shape, Data: data})
	}
	return tensors
}

// TestOptimizerStateRoundTrip: what is stored is read, before the first step too, whose moments take no memory.
func TestOptimizerStateRoundTrip(t *testing.T) {
	c := smallWeights().Config
	for _, want := range []OptimizerState{{}, stepped(c, 1), stepped(c, 7)} {
		tensors := momentsOf(t, c, want)
		if want.Step > 0 && (tensors[2].Name != "exp_avg."+c.Params()[1].Name || tensors[3].Name != "exp_avg_sq."+c.Params()[1].Name || tensors[3].Data[0] != -100.5) {
			t.Errorf("moments %s and %s, %v", tensors[2].Name, tensors[3].Name, tensors[3].Data[0])
		}
		slices.Reverse(tensors) // the order is any
		if got, err := OptimizerStateFrom(c, tensors, want.Metadata()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("step %d became step %d with %d moments, %v", want.Step, got.Step, len(got.ExpAvg), err)
		}
	}
}

// TestOptimizerStateRefusals: damaged states are refused, and what is wrong is named.
func TestOptimizerStateRefusals(t *testing.T) {
	c := smallWeights().Config
	name := c.Params()[0].Name
	for want, spoil := range map[string]func(tensors []safetensors.Tensor, metadata map[string]string) []safetensors.Tensor{
		`metadata has step ""`: func(all []safetensors.Tensor, m map[string]string) []safetensors.Tensor {
			delete(m, stepKey)
			return all
		},
		`metadata has step "-1"`: func(all []safetensors.Tensor, m map[string]string) []safetensors.Tensor {
			m[stepKey] = "-1"
			return all
		},
		`metadata has step "2.5"`: func(all []safetensors.Tensor, m map[string]string) []safetensors.Tensor {
			m[stepKey] = "2.5"
			return all
		},
		`unexpected tensor "moment"`: func(all []safetensors.Tensor, _ map[string]string) []safetensors.Tensor {
			all[1].Name = "moment"
			return all
		},
		"exp_avg_sq.*": func(all []safetensors.Tensor, _ map[string]string) []safetensors.Tensor {
			return append(all[:1], all[2:]...)
		},
		"exp_avg.*": func(all []safetensors.Tensor, _ map[string]string) []safetensors.Tensor { return all[1:] },
		name: func(all []safetensors.Tensor, _ map[string]string) []safetensors.Tensor {
			all[0].Shape = []int{1}
			all[0].Data = all[0].Data[:1]
			return all
		},
	} {
		s := stepped(c, 2)
		metadata := s.Metadata()
		tensors := spoil(momentsOf(t, c, s), metadata)
		if _, err := OptimizerStateFrom(c, tensors, metadata); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestOptimizerStateMustFit: moments of another shape are refused by the parameter's name.
func TestOptimizerStateMustFit(t *testing.T) {
	w := smallWeights()
	name := w.Config.Params()[1].Name
	for want, spoil := range map[string]func(*OptimizerState){
		"moments for":   func(s *OptimizerState) { s.ExpAvg = s.ExpAvg[1:] },
		" moments for ": func(s *OptimizerState) { s.ExpAvgSq = s.ExpAvgSq[1:] },
		name + " has":   func(s *OptimizerState) { s.ExpAvg[1] = s.ExpAvg[1][1:] },
		name:            func(s *OptimizerState) { s.ExpAvgSq[1] = s.ExpAvgSq[1][1:] },
		"0 and":         func(s *OptimizerState) { s.ExpAvg = nil },
		"0 and ":        func(s *OptimizerState) { *s = OptimizerState{Step: 3} },
		" and 0":        func(s *OptimizerState) { s.Step, s.ExpAvgSq = 0, nil },
	} {
		s := stepped(w.Config, 2)
		spoil(&s)
		if _, err := New(w, s, &Engine{Instances: 1, MicroBatchTokens: 16, Buckets: []int{8}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	for _, good := range []OptimizerState{{}, stepped(w.Config, 2), stepped(w.Config, 0)} {
		if _, err := New(w, good, &Engine{Instances: 1, MicroBatchTokens: 16, Buckets: []int{8}}); err != nil {
			t.Error(err)
		}
	}
	short := *w
	short.Tensors = append([][]float32{w.Tensors[0][1:]}, w.Tensors[1:]...)
	if _, err := New(&short, OptimizerState{}, &Engine{Instances: 1, MicroBatchTokens: 16, Buckets: []int{8}}); err == nil {
		t.Error("a tensor of another size is accepted")
	}
	short.Tensors = w.Tensors[1:]
	if _, err := New(&short, OptimizerState{}, &Engine{Instances: 1, MicroBatchTokens: 16, Buckets: []int{8}}); err == nil {
		t.Error("weights that lack a tensor are accepted")
	}
}

// TestFit: a head that a policy gets has moments of 0, one that it loses takes its moments along.
func TestFit(t *testing.T) {
	c := smallWeights().Config
	headed := c
	headed.ValueHead = true
	n, all := len(c.Params()), len(headed.Params())
	before := stepped(c, 3)
	got := before.Fit(headed)
	if len(got.ExpAvg) != all || len(got.ExpAvgSq) != all || got.Step != 3 || all <= n {
		t.Fatalf("%d and %d moments, want %d", len(got.ExpAvg), len(got.ExpAvgSq), all)
	}
	for i, p := range headed.Params() {
		want, square := make([]float32, p.Size()), make([]float32, p.Size())
		if i < n {
			want, square = before.ExpAvg[i], before.ExpAvgSq[i]
		}
		if !reflect.DeepEqual(got.ExpAvg[i], want) || !reflect.DeepEqual(got.ExpAvgSq[i], square) {
			t.Errorf("moments of %s", p.Name)
		}
	}
	if again := got.Fit(c); !reflect.DeepEqual(again, before) {
		t.Error("the moments without the head are others")
	}
	if none := (OptimizerState{}).Fit(headed); none.ExpAvg != nil {
		t.Error("moments before the first step")
	}
}

// TestBuckets: steps of 16, then of an eighth of the power of two above, and the longest itself.
func TestBuckets(t *testing.T) {
	for longest, want := range map[int][]int{
		1: {1}, 8: {8}, 9: {8, 9}, 24: {8, 24}, 136: {8, 24, 40, 56, 72, 88, 104, 120, 136},
		300: {8, 24, 40, 56, 72, 88, 104, 120, 136, 168, 200, 232, 264, 300},
	} {
		if got := Buckets(longest); !reflect.DeepEqual(got, want) {
			t.Errorf("%d: %v, want %v", longest, got, want)
		}
	}
	if got := Buckets(2000); len(got) != 25 || !reflect.DeepEqual(got[20:], []int{1032, 1288, 1544, 1800, 2000}) {
		t.Errorf("those of 2000 are %v", got)
	}
}

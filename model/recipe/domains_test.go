package recipe

import (
	"strings"
	"testing"
)

// A dataset is of one domain: it decides how problems are asked and what they must hold.
func TestOneDomainPerDataset(t *testing.T) {
	r := Recipe{
		Stages: []Stage{{SFT: &SFT{Data: "d"}}, {RL: &RL{Data: "a", Domain: DomainMath}}, {RL: &RL{Data: "b", Domain: DomainCode}}},
		Evaluation: Evaluation{Benchmarks: []Benchmark{
			{Data: "a", Domain: DomainMath}, {Data: "a", Domain: DomainCode}, {Data: "c", Domain: DomainCode},
		}},
	}
	v := validator{recipe: r}
	v.domains()
	if len(v.faults) != 1 || v.faults[0].Field != "evaluation.benchmarks[1].domain" || !strings.Contains(v.faults[0].Problem, `is "code", but stages[1] uses the dataset "a" with domain "math"`) {
		t.Errorf("faults are %+v", v.faults)
	}
	for dataset, want := range map[string]Domain{"a": DomainMath, "b": DomainCode, "c": DomainCode, "d": ""} {
		if got := r.DomainOf(dataset); got != want {
			t.Errorf("%s: domain %q, want %q", dataset, got, want)
		}
	}
}

package recipe

import (
	"fmt"
	"slices"
	"strings"
)

// Inside is how often a stage evaluates its policy while it trains: after so many policy steps, or epochs
// of a supervised stage; 0 is never. on names the benchmarks, none all.
func (s Stage) Inside() (every int, on []string) {
	switch {
	case s.SFT != nil:
		return s.SFT.EvaluateEvery, s.SFT.EvaluateOn
	case s.RL != nil:
		return s.RL.EvaluateEvery, s.RL.EvaluateOn
	}
	return 0, nil
}

// BenchmarksInside are those that a stage evaluates its policy on while it trains.
func (r Recipe) BenchmarksInside(s Stage) []Benchmark {
	every, on := s.Inside()
	if every == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(r.Evaluation.Benchmarks), func(b Benchmark) bool {
		return len(on) > 0 && !slices.Contains(on, b.Name)
	})
}

// inside checks the evaluations in a stage.
func (v *validator) inside(at string, every int, on []string) {
	v.atLeast(at+"evaluate_every", every, 0)
	var names []string
	for _, b := range v.recipe.Evaluation.Benchmarks {
		names = append(names, b.Name)
	}
	v.check(at+"evaluate_every", every <= 0 || len(names) > 0, "is %d, but evaluation.benchmarks is empty; valid: absent, or at least one benchmark", every)
	v.check(at+"evaluate_on", len(on) == 0 || every > 0, "is %s, but evaluate_every is 0; valid: absent, or with evaluate_every", strings.Join(on, ", "))
	for i, name := range on {
		field := fmt.Sprintf("%sevaluate_on[%d]", at, i)
		v.oneOf(field, name, names)
		v.check(field, !slices.Contains(on[:i], name), "is %q, which stands there twice", name)
	}
}

// before checks the evaluation of what the run begins with, whose name is that of a policy.
func (v *validator) before() {
	e := v.recipe.Evaluation
	if !e.Before {
		return
	}
	v.check("evaluation.before", len(e.Benchmarks) > 0, "is true, but evaluation.benchmarks is empty; valid: absent, or at least one benchmark")
	if i := slices.Index(v.recipe.StageNames(), FromBase); i >= 0 {
		v.fault(fmt.Sprintf("stages[%d].name", i), "is %q, which with evaluation.before is what the run begins with; valid: another name", FromBase)
	}
}

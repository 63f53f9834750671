package evaluation

import "testing"

// TestBest: the highest on the benchmark, of equal ones the earliest; what was not measured on it does not count.
func TestBest(t *testing.T) {
	at := func(name string, math, code float64) Candidate {
		return Candidate{Name: name, Measured: []Measured{{"math", math, 0.02}, {"code", code, 0.03}}}
	}
	candidates := []Candidate{at("a@1", 0.1, 0.5), at("a@2", 0.3, 0.4), at("a@3", 0.3, 0.5), {Name: "a@4", Measured: []Measured{{"other", 1, 0}}}}
	for benchmark, want := range map[string]string{"math": "a@2", "code": "a@1", "other": "a@4"} {
		if best, ok := Best(candidates, benchmark); !ok || best.Name != want {
			t.Errorf("best on %s is %s, want %s", benchmark, best.Name, want)
		}
	}
	if best, ok := Best([]Candidate{at("a@1", 0, 0), at("a@2", 0, 0)}, "math"); !ok || best.Name != "a@1" {
		t.Errorf("of candidates at 0 it is %q", best.Name)
	}
	if _, ok := Best(candidates, "none"); ok {
		t.Error("there is a best on a benchmark that nothing was measured on")
	}
	if got := at("a@1", 0.1, 0.5).String(); got != "a@1 (math 10.0 ± 2.0 %, code 50.0 ± 3.0 %)" {
		t.Error(got)
	}
}

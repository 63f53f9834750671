package recipe

import (
	"slices"
	"strings"
)

// Grading is the rules by which a benchmark's responses are judged; "" is GradingStrict.
type Grading string

// The rules by which a benchmark's responses are judged. Rewards, curation, collections and what
// a teacher's stage keeps are always strict.
const (
	// GradingStrict judges as rewards do: an answer in the last \boxed{} after </think>, a program
	// in what follows </think>; a response that its budget cut is incorrect.
	GradingStrict Grading = "strict"
	// GradingLenient also finds answers that no box holds (math alone): see reward/math, ExtractLenient.
	GradingLenient Grading = "lenient"
	// GradingToolkit judges as the evaluation toolkit of AceReason-Nemotron's authors does, for
	// comparison with published figures: the whole output is looked through, reasoning and cut
	// responses included. See reward/math, GradeToolkit, and reward/code, Toolkit.
	GradingToolkit Grading = "acereason-toolkit"
)

func (Grading) words() []string { return texts(GradingStrict, GradingLenient, GradingToolkit) }

// GradingsOf are those that a domain's benchmarks may have; none where there is one way to judge.
func GradingsOf(d Domain) []Grading {
	switch d {
	case DomainMath:
		return []Grading{GradingStrict, GradingLenient, GradingToolkit}
	case DomainCode:
		return []Grading{GradingStrict, GradingToolkit}
	}
	return nil
}

// Rules is g, "" for the strict ones, so that work done by them has one name.
func (g Grading) Rules() Grading {
	if g == GradingStrict {
		return ""
	}
	return g
}

// Also is the second figure that a benchmark asks for, of the same responses: a benchmark named
// after it and the grading. False if it asks for none.
func (b Benchmark) Also() (Benchmark, bool) {
	if b.AlsoGrading == "" {
		return Benchmark{}, false
	}
	also := b
	also.Name, also.Grading, also.AlsoGrading = b.Name+"-"+string(b.AlsoGrading), b.AlsoGrading, ""
	return also, true
}

// Figures are the benchmarks that have figures of their own, in order: each one of the recipe
// and, after it, its second grading.
func (e Evaluation) Figures() []Benchmark {
	var all []Benchmark
	for _, b := range e.Benchmarks {
		all = append(all, b)
		if also, ok := b.Also(); ok {
			all = append(all, also)
		}
	}
	return all
}

// Figure is the benchmark with a figure of a name.
func (e Evaluation) Figure(name string) (Benchmark, bool) {
	all := e.Figures()
	i := slices.IndexFunc(all, func(b Benchmark) bool { return b.Name == name })
	if i < 0 {
		return Benchmark{}, false
	}
	return all[i], true
}

// gradings checks how a benchmark is judged.
func (v *validator) gradings(at string, b Benchmark) {
	for _, f := range []struct {
		field string
		g     Grading
	}{{"grading", b.Grading}, {"also_grading", b.AlsoGrading}} {
		if f.g == "" {
			continue
		}
		v.word(at+f.field, f.g)
		valid := "absent"
		some := GradingsOf(b.Domain)
		if len(some) > 0 {
			valid = strings.Join(texts(some...), ", ")
		}
		v.check(at+f.field, slices.Contains(some, f.g) || !slices.Contains(f.g.words(), string(f.g)), "is %q, but the domain is %q; valid: %s", f.g, b.Domain, valid)
	}
	v.check(at+"also_grading", b.AlsoGrading == "" || b.AlsoGrading.Rules() != b.Grading.Rules(), "is %q, which grading is too; valid: another, or absent", b.AlsoGrading)
	v.check(at+"extract", b.Extract == "" || b.Grading != GradingToolkit, "is %q, but grading is %q, which has its own rule; valid: absent", b.Extract, b.Grading)
}

package recipe

// Planted are rows at the end of a synthetic dataset of problems that rules of curation have to
// find, for scaled copies of recipes. Their IDs begin with "planted/" and the field's name. Their
// prompts are as good as others', so that a row that no rule finds is trained on.
type Planted struct {
	// Repeated rows ask what another one asks, in other letters and blanks.
	Repeated int `json:"repeated,omitempty"`
	// Contaminated rows are the first of a benchmark: of the held-out problems that are drawn by
	// BenchmarkSeed with the dataset's operations, in the same words. SameSource rows, of code
	// alone, are the next of it, in other words and from the same place.
	Contaminated  int    `json:"contaminated,omitempty"`
	SameSource    int    `json:"same_source,omitempty"`
	BenchmarkSeed uint64 `json:"benchmark_seed,omitempty"`
	// Unusable rows ask in ways that no reward can be trusted with, each in turn: of math several
	// parts, a choice, true or false, a proof, another language, a figure, too few words; of code
	// several right outputs, interaction, an image.
	Unusable int `json:"unusable,omitempty"`
	// Unfit rows cannot be judged, or should not be, each in turn: of math a reference answer that
	// is too long, or none that a grader can read; of code a golden solution that is
	// missing, one that fails, tests that a trivial program passes, a release after 2024-08-01.
	Unfit int `json:"unfit,omitempty"`
}

// Rows is how many there are.
func (p Planted) Rows() int { return p.Repeated + p.Contaminated + p.SameSource + p.Unusable + p.Unfit }

// worded checks questions in English and what is planted among them.
func (v *validator) worded(at string, s Synthetic) {
	v.check(at+".worded", !s.Worded || s.Kind == Problems, "is true; valid: only for %s", Problems)
	v.check(at+".worded", !s.Worded || len(s.Depths) == 0, "is true, but depths are given, whose questions have no English; valid: absent")
	v.check(at+".worded", !s.Worded || s.CodeFraction == 0 || s.CodeFraction == 1, "is true, but code_fraction is %g; valid with it: 0 or 1", s.CodeFraction)
	p := s.Planted
	if p == nil {
		return
	}
	v.check(at+".planted", s.Worded, "are given, but worded is false; valid: only among questions in English")
	v.check(at+".planted", p.Rows() > 0, "are none; valid: absent, or at least one of repeated, contaminated, same_source, unusable, unfit")
	for _, n := range []struct {
		name string
		rows int
	}{{"repeated", p.Repeated}, {"contaminated", p.Contaminated}, {"same_source", p.SameSource}, {"unusable", p.Unusable}, {"unfit", p.Unfit}} {
		v.atLeast(at+".planted."+n.name, n.rows, 0)
	}
	v.check(at+".planted.repeated", p.Repeated <= s.Count, "is %d; valid: at most count %d", p.Repeated, s.Count)
	v.check(at+".planted.benchmark_seed", (p.Contaminated+p.SameSource > 0) == (p.BenchmarkSeed > 0) && p.BenchmarkSeed <= maxSeed,
		"is %d; valid: the seed of a dataset of held-out problems with contaminated or same_source, else absent", p.BenchmarkSeed)
	v.check(at+".planted.same_source", p.SameSource == 0 || s.CodeFraction == 1, "is %d; valid: absent, since only code problems say where they come from", p.SameSource)
}

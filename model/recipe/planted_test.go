package recipe

import "testing"

// TestValidatePlanted changes one thing at a time.
func TestValidatePlanted(t *testing.T) {
	for _, test := range []struct {
		set  []string
		want []string
	}{
		{[]string{"data.rl-math.synthetic.planted={repeated: 3}"}, nil},
		{[]string{"data.rl-math.synthetic.worded=false"}, []string{"data.rl-math.synthetic.planted are given, but worded is false; valid: only among questions in English"}},
		{[]string{"data.base-text.synthetic.worded=true"}, []string{"data.base-text.synthetic.worded is true; valid: only for problems",
			"data.base-text.synthetic.worded is true, but code_fraction is 0.45; valid with it: 0 or 1"}},
		{[]string{"data.rl-code.synthetic.depths=[2]"}, []string{"data.rl-code.synthetic.worded is true, but depths are given, whose questions have no English; valid: absent"}},
		{[]string{"data.rl-math.synthetic.planted={}"}, []string{"data.rl-math.synthetic.planted are none; valid: absent, or at least one of repeated, contaminated, same_source, unusable, unfit"}},
		{[]string{"data.rl-math.synthetic.planted={repeated: 1000, unfit: -1}"}, []string{"data.rl-math.synthetic.planted.unfit is -1; valid: at least 0",
			"data.rl-math.synthetic.planted.repeated is 1000; valid: at most count 140"}},
		{[]string{"data.rl-math.synthetic.planted={contaminated: 2}"}, []string{
			"data.rl-math.synthetic.planted.benchmark_seed is 0; valid: the seed of a dataset of held-out problems with contaminated or same_source, else absent"}},
		{[]string{"data.rl-math.synthetic.planted={same_source: 2, benchmark_seed: 9}"}, []string{
			"data.rl-math.synthetic.planted.same_source is 2; valid: absent, since only code problems say where they come from"}},
	} {
		r := named(t, "acereason-1.1-scaled")
		for _, assignment := range test.set {
			if err := Set(&r, assignment); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Validate(); len(test.want) > 0 {
			wantLines(t, err, test.want...)
		} else if err != nil {
			t.Errorf("%s: %v", test.set[0], err)
		}
	}
}

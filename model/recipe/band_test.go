package recipe

import "testing"

func TestValidateBand(t *testing.T) {
	for _, test := range []struct {
		set  []string
		want []string
	}{
		{[]string{"stages.math-short.band={low: 0.2, high: 0.4, over: 5, then: warn}"}, nil},
		{[]string{"stages.code.band={high: 0.4, over: 1, then: search, max_searches: 2}"}, nil},
		{[]string{"stages.math-short.band={low: 0.4, high: 0.2, over: 5, then: warn}"}, []string{"stages[2].band.high is 0.2; valid: above low, which is 0.4"}},
		{[]string{"stages.math-short.band={low: -1, high: 0.4, then: pause}"}, []string{"stages[2].band.low is -1; valid: 0 or above",
			"stages[2].band.over is 0; valid: 1 to 1000 policy steps", `stages[2].band.then is "pause"; valid: go_on, warn, wait, search`}},
		{[]string{"stages.math-short.band={low: 0.2, high: 0.4, over: 5, then: search}"}, []string{"stages[2].band.max_searches is 0; valid: at least 1"}},
		{[]string{"stages.math-short.band={low: 0.2, high: 0.4, over: 5, then: warn, max_searches: 2}"}, []string{`stages[2].band.max_searches is 2; valid: absent unless then is "search"`}},
		{[]string{"stages.math-short.by_epoch=[{group_size: 8}, {temperature: 0.8}]", "stages.math-short.band={low: 0.2, high: 0.4, over: 5, then: search, max_searches: 1}"}, []string{
			`stages[2].band.then is "search", but by_epoch gives temperatures; valid: go_on, warn, wait, or by_epoch without temperatures`}},
	} {
		r := named(t, "demo")
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
	r := named(t, "code-fresh") // which searches for no temperature
	if err := Set(&r, "stages[1].band={high: 0.4, over: 1, then: search, max_searches: 2}"); err != nil {
		t.Fatal(err)
	}
	if err := r.Validate(); err == nil {
		t.Error("a band may search without temperature_search")
	}
}

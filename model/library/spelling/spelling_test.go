package spelling

import "testing"

func TestNearest(t *testing.T) {
	valid := []string{"demo", "run", "status", "report", "learning_rate", "steps", "name"}
	for word, want := range map[string]string{
		"dmeo": "demo", "demo": "demo", "stauts": "status", "reprot": "report", "repor": "report", "stepz": "steps", "step": "steps",
		"leraning_rate": "learning_rate", "learningrate": "learning_rate", "runn": "run", "nmae": "name",
		"": "", "x": "", "xyz": "", "learning": "", "pause": "",
	} {
		if got := Nearest(word, valid); got != want {
			t.Errorf("%q is taken for %q, want %q", word, got, want)
		}
	}
	if got := DidYouMean("dmeo", valid); got != "did you mean demo? " {
		t.Errorf("got %q", got)
	}
	if got := DidYouMean("pause", valid); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "bca", 2}, {"kitten", "sitting", 3}, {"ab", "ba", 1},
	} {
		if got := distance(test.a, test.b); got != test.want || distance(test.b, test.a) != test.want {
			t.Errorf("%q to %q is %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

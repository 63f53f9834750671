package pattern

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Patterns on which trying every way takes quadratic or exponential time.
func TestTimeIsLinear(t *testing.T) {
	for _, test := range []struct{ source, text string }{
		{`(?:a|a)*b`, strings.Repeat("a", 1<<18)},
		{`(?:a|aa)+$|b`, strings.Repeat("a", 1<<18) + "b"},
		{`(a+)+b|.`, strings.Repeat("a", 1<<18)},
		{`\p{L}+\d|.`, strings.Repeat("é", 1<<17)},
		{`\p{L}++\d|.`, strings.Repeat("é", 1<<17)},
		{`\w+\d|.`, strings.Repeat("a", 1<<18)},
		{`\s*[\r\n]+x|\s+(?!\S)|\s`, strings.Repeat(" \n", 1<<17) + "x"},
		{`(?=\p{L}*\d)\p{L}`, strings.Repeat("a", 1<<18) + "1"},
		{`\d{1,3}(?=(?:\d{3})*\b)`, strings.Repeat("1", 1<<18)},
		{`(?=(?:ab)*c)|.`, strings.Repeat("ab", 1<<17)},
		{`(?:.*,){3}x|.`, strings.Repeat("a,", 1<<17)},
		{`(?:(?:ab?)+?c|a)`, strings.Repeat("ab", 1<<17)},
	} {
		p, err := Compile(test.source)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Each(test.text, func(int, int) {}); err != nil {
			t.Error(err) // more steps than states times bytes
		}
	}
}

// Without atomic groups no pattern comes to the bound of steps on any text.
func TestStepsAreEnough(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	parts := strings.Split("aaaabbcé12 \n日A", "")
	for range 1500 {
		source := randomPattern(rng, 1+rng.IntN(5))
		p, err := Compile(source)
		if err != nil || strings.Contains(source, "(?>") {
			continue
		}
		word := ""
		for range 1 + rng.IntN(90) {
			word += parts[rng.IntN(1+rng.IntN(len(parts)))]
		}
		text := strings.Repeat(word, 1+4000/len(word))
		if err := p.Each(text, func(int, int) {}); err != nil {
			t.Errorf("%q: %v", word, err)
		}
	}
}

// What an atomic group matches is gone through again from every place, which ends with an error.
func TestStepsAreBounded(t *testing.T) {
	p, err := Compile(`(?>(?:ab|b)+)c|a`)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("ab", 1<<14)
	for range 2 {
		err := p.Each(text, func(int, int) {})
		if err == nil || !strings.HasSuffix(err.Error(), "steps on a text of 32768 bytes") {
			t.Errorf("got %v", err)
		}
	}
	if err := p.Each("abc", func(start, end int) {
		if start != 0 || end != 3 {
			t.Errorf("a match from %d to %d", start, end)
		}
	}); err != nil {
		t.Error(err)
	}
}

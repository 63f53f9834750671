package pattern

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// Oniguruma, as Hugging Face's tokenizers run it, divides texts so (testdata/oniguruma.py).
func TestAgreesWithOniguruma(t *testing.T) {
	file, err := os.Open("testdata/oniguruma.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	count := 0
	for lines := bufio.NewScanner(file); lines.Scan(); count++ {
		var test struct {
			Pattern string     `json:"pattern"`
			Texts   []string   `json:"texts"`
			Pieces  [][]string `json:"pieces"`
		}
		if err := json.Unmarshal(lines.Bytes(), &test); err != nil {
			t.Fatal(err)
		}
		p, err := Compile(test.Pattern)
		if err != nil {
			t.Errorf("%s: %v", test.Pattern, err)
			continue
		}
		for i, text := range test.Texts {
			var got []string
			done := 0
			put := func(start, end int) {
				if start < end {
					got = append(got, text[start:end])
				}
			}
			if err := p.Each(text, func(start, end int) {
				put(done, start)
				put(start, end)
				done = end
			}); err != nil {
				t.Fatal(err)
			}
			if put(done, len(text)); !slices.Equal(got, test.Pieces[i]) {
				t.Errorf("%s divides %q into %q, want %q", test.Pattern, text, got, test.Pieces[i])
			}
		}
	}
	if count < 50 {
		t.Errorf("only %d patterns", count)
	}
}

func TestRefused(t *testing.T) {
	for source, want := range map[string]string{
		`a(b`:            `at byte 3: a ( is not closed`,
		`a)`:             `at byte 1: a ) without (`,
		`[a`:             `at byte 2: a [ is not closed`,
		`[b-a]`:          `at byte 4: the range b-a has its ends the wrong way round`,
		`*a`:             `at byte 1: nothing comes before *`,
		`a{3,2}`:         `at byte 1: {3,2} has its bounds the wrong way round`,
		`a{1,9999}`:      `at byte 1: {1,9999}: at most 1000 repeats are supported`,
		`(a)\1`:          `at byte 4: \1 is not supported`,
		`\p{Klingon}`:    `at byte 11: \p{Klingon} is not a category, script or property of Unicode 15.0.0`,
		`\q`:             `at byte 2: \q is not supported`,
		`(?<=a+)b`:       `at byte 7: a look-behind must be over texts of fixed lengths`,
		`(?:a*|b)*`:      `what is repeated without a bound can be empty`,
		`(?:a{999}){99}`: `it has more than 20000 states`,
		`(?P<n>a)`:       `at byte 3: (?P is not supported; supported are (?: (?= (?! (?> (?<= (?<! and the options i, m and x`,
		"\xff":           `"\xff" is not UTF-8`,
	} {
		if _, err := Compile(source); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", source, err, want)
		}
	}
}

// Any text as a pattern and as a text gives an error or matches in order.
func FuzzCompile(f *testing.F) {
	f.Add(`(?i:'s|'t)|[^\r\n\p{L}&&[^a]]?\p{L}++|\s+(?!\S)`, "it's  a\n")
	f.Add(`(?>a|b)*?(?<=a{2})\b|^$|x{2,3}`, "aab xx")
	f.Fuzz(func(t *testing.T, source, text string) {
		p, err := Compile(source)
		if err != nil {
			return
		}
		last := 0
		_ = p.Each(text, func(start, end int) {
			if start < last || end < start || end > len(text) {
				t.Fatalf("%q on %q: a match from %d to %d after %d", source, text, start, end, last)
			}
			last = end
		})
	})
}

package pattern

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dlclark/regexp2"
)

// randomPattern makes a pattern of the syntax that both engines have.
func randomPattern(rng *rand.Rand, depth int) string {
	atoms := []string{"a", "b", "c", "[ab]", "[^a]", ".", `\d`, `\s`, `\S`, `\p{L}`, `\p{N}`, "é", "(?i:a)", `\b`, "^", "$"}
	pick := func() string { return atoms[rng.IntN(len(atoms))] }
	if depth == 0 {
		return pick()
	}
	inner := func() string { return randomPattern(rng, depth-1) }
	switch rng.IntN(9) {
	case 0, 1:
		return inner() + inner()
	case 2:
		return "(?:" + inner() + "|" + inner() + ")"
	case 3:
		quantifiers := []string{"*", "+", "?", "{1,3}", "{2}", "*?", "+?", "??", "{0,2}?"}
		return "(?:" + inner() + ")" + quantifiers[rng.IntN(len(quantifiers))]
	case 4:
		looks := []string{"(?=", "(?!", "(?>"}
		return looks[rng.IntN(len(looks))] + inner() + ")"
	case 5:
		return []string{"(?<=", "(?<!"}[rng.IntN(2)] + pick() + ")" + inner()
	case 6:
		return pick() + []string{"*", "+", "?"}[rng.IntN(3)] + inner()
	}
	return pick() + inner()
}

// The engine of the tests tries every way, so that what it finds is what the pattern says.
func TestAgreesWithABacktrackingEngine(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	parts := strings.Split("aaaabbcé12 \n日A", "")
	compared := 0
	for range 2500 {
		source := randomPattern(rng, 1+rng.IntN(4))
		p, err := Compile(source)
		if err != nil {
			continue
		}
		engine, err := regexp2.Compile(source, regexp2.Multiline)
		if err != nil {
			continue
		}
		engine.MatchTimeout = 100 * time.Millisecond
		for i := range 8 {
			text, length := "", 14
			if i == 0 { // long enough that failures are remembered
				length = 300
			}
			for range rng.IntN(length) {
				text += parts[rng.IntN(len(parts))]
			}
			text = strings.TrimRight(text, "\n") // in Ruby's syntax ^ does not match after the last line ending
			var got, want []int
			if err := p.Each(text, func(start, end int) { got = append(got, start, end) }); err != nil {
				t.Fatal(err)
			}
			match, err := engine.FindStringMatch(text)
			offsets := []int{}
			for i := range text {
				offsets = append(offsets, i)
			}
			offsets = append(offsets, len(text))
			for last := -1; match != nil && err == nil; match, err = engine.FindNextMatch(match) {
				start, end := offsets[match.Index], offsets[match.Index+match.Length]
				if start != end || start != last {
					want = append(want, start, end)
				}
				last = end
			}
			if err != nil { // it takes too long
				continue
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s on %q matches at %v, the other engine says %v", source, text, got, want)
			}
			compared++
		}
	}
	if compared < 10_000 {
		t.Errorf("only %d texts were compared", compared)
	}
}

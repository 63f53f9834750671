package tokenizer

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// plainMerge is the definition, word for word.
func plainMerge(t *mergeTable, ids []int32) []int32 {
	ids = slices.Clone(ids)
	for {
		at, best := -1, noMerge
		for i := 0; i+1 < len(ids); i++ {
			if pair := t.get(ids[i], ids[i+1]); pair>>32 < best>>32 {
				at, best = i, pair
			}
		}
		if at < 0 {
			return ids
		}
		ids = slices.Replace(ids, at, at+2, int32(uint32(best)))
	}
}

// Random merges, also such as no training would give: equal ranks and pairs
// that rank before their parts.
func TestMergeAgreesWithItsDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		table := newMergeTable(30)
		for range 30 {
			table.put(int32(rng.IntN(12)), int32(rng.IntN(12)), uint32(rng.IntN(25)), int32(rng.IntN(14)))
		}
		for _, length := range []int{0, 1, 2, 3, 10, shortWord, shortWord + 1, 200} {
			word := make([]int32, length)
			for i := range word {
				word[i] = int32(rng.IntN(4))
			}
			want := plainMerge(table, word)
			for name, merge := range map[string]func([]int32) int{"short": table.mergeShort, "long": table.mergeLong} {
				if name == "short" && length > shortWord {
					continue
				}
				got := slices.Clone(word)
				if got = got[:merge(got)]; !slices.Equal(got, want) {
					t.Fatalf("%s: %v becomes %v, want %v", name, word, got, want)
				}
			}
		}
	}
}

// A word of a million symbols takes a second; in quadratic time it would take an hour.
func TestLongWordsTakeNearLinearTime(t *testing.T) {
	table := newMergeTable(3)
	table.put(0, 0, 0, 1)
	table.put(1, 1, 1, 2)
	table.put(2, 2, 2, 3)
	word := make([]int32, 1<<20)
	start := time.Now()
	if n := table.merge(word); n != 1<<17 || word[n-1] != 3 {
		t.Errorf("%d symbols remain, the last is %d", n, word[n-1])
	}
	if took := time.Since(start); took > 3*time.Minute {
		t.Errorf("took %v", took)
	}
}

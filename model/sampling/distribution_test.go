package sampling

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"temper/model/goldentest"
	"temper/model/rollout"
)

type warpCase struct {
	ID          int       `json:"id"`
	Temperature float64   `json:"temperature"`
	TopP        float64   `json:"top_p"`
	TopK        int       `json:"top_k"`
	Logits      []float32 `json:"logits"`
	Kept        []int     `json:"kept"`
	Probs       []float64 `json:"probs"`
	ProbsFP64   []float64 `json:"probs_fp64"`
}

func TestDistributionMatchesHuggingFace(t *testing.T) {
	var file struct {
		Cases   []warpCase `json:"cases"`
		TieCase warpCase   `json:"tie_case"`
	}
	goldentest.JSON(t, "sampling/sampling.json", &file)
	if len(file.Cases) < 10 {
		t.Fatalf("only %d cases", len(file.Cases))
	}
	for _, c := range append(file.Cases, file.TieCase) {
		t.Run(fmt.Sprintf("T%v top_k%d top_p%v", c.Temperature, c.TopK, c.TopP), func(t *testing.T) {
			d := distribution{params: rollout.Sampling{Temperature: c.Temperature, TopP: c.TopP, TopK: c.TopK}}
			if err := d.set(c.Logits); err != nil {
				t.Fatal(err)
			}
			want, tolerance := c.ProbsFP64, 1e-12
			if want == nil {
				want, tolerance = c.Probs, 1e-6
			}
			var kept []int
			for id := range c.Logits {
				if d.cut.keeps(id, c.Logits[id]) {
					kept = append(kept, id)
				}
			}
			if !slices.Equal(kept, c.Kept) {
				t.Fatalf("kept %v, want %v", kept, c.Kept)
			}
			for i, id := range kept {
				if got := math.Exp(d.logProb(int32(id))); math.Abs(got-want[i]) > tolerance*(1+want[i]) {
					t.Errorf("token %d: probability %v, want %v", id, got, want[i])
				}
			}
		})
	}
}

func TestDrawFollowsTheProbabilities(t *testing.T) {
	d := distribution{params: rollout.Sampling{Temperature: 1, TopP: 1}}
	probs := []float64{0.5, 0.125, 0.25, 0.125}
	if err := d.set([]float32{float32(math.Log(0.5)), float32(math.Log(0.125)), float32(math.Log(0.25)), float32(math.Log(0.125))}); err != nil {
		t.Fatal(err)
	}
	counts, s := make([]int, 4), newStream(7)
	const n = 200_000
	for range n {
		counts[d.draw(s.uniform())]++
	}
	for i, p := range probs {
		if got, sigma := float64(counts[i])/n, math.Sqrt(p*(1-p)/n); math.Abs(got-p) > 5*sigma {
			t.Errorf("token %d: frequency %v, want %v within %v", i, got, p, 5*sigma)
		}
	}
	for _, c := range []struct {
		u    float64
		want int32
	}{{0, 0}, {0.4999, 0}, {0.5001, 1}, {0.6251, 2}, {0.9999, 3}, {math.Nextafter(1, 0), 3}} {
		if got := d.draw(c.u); got != c.want {
			t.Errorf("u = %v selects token %d, want %d", c.u, got, c.want)
		}
	}
}

// The entropy that the temperature search steers by is that of softmax(z/T): that
// of softmax(z) would be another number.
func TestEntropyIsTempered(t *testing.T) {
	logits := []float32{0, 1, 2.5, -1}
	for _, temperature := range []float64{0.5, 0.85, 1, 1.4} {
		d := distribution{params: rollout.Sampling{Temperature: temperature, TopP: 0.3, TopK: 2}}
		if err := d.set(logits); err != nil {
			t.Fatal(err)
		}
		want := entropyOf(logits, temperature)
		if math.Abs(d.entropy-want) > 1e-12 {
			t.Errorf("T = %v: entropy %v, want %v (over the full vocabulary)", temperature, d.entropy, want)
		}
		if untempered := entropyOf(logits, 1); temperature != 1 && math.Abs(d.entropy-untempered) < 0.05 {
			t.Errorf("T = %v: entropy %v is that of the un-tempered logits", temperature, d.entropy)
		}
	}
}

func entropyOf(logits []float32, temperature float64) (entropy float64) {
	var total float64
	for _, z := range logits {
		total += math.Exp(float64(z) / temperature)
	}
	for _, z := range logits {
		p := math.Exp(float64(z)/temperature) / total
		entropy -= p * math.Log(p)
	}
	return entropy
}

func TestGreedyTakesTheLowestOfEquals(t *testing.T) {
	d := distribution{params: rollout.Sampling{TopP: 1}}
	if err := d.set([]float32{-3, 2, 1, 2}); err != nil {
		t.Fatal(err)
	}
	if token := d.draw(0.999); token != 1 {
		t.Errorf("token %d, want 1", token)
	}
	untempered := distribution{params: rollout.Sampling{Temperature: 1, TopP: 1}}
	if err := untempered.set([]float32{-3, 2, 1, 2}); err != nil {
		t.Fatal(err)
	}
	if d.logProb(1) != untempered.logProb(1) || d.entropy != untempered.entropy {
		t.Errorf("log-probability %v, entropy %v; want the untempered %v, %v", d.logProb(1), d.entropy, untempered.logProb(1), untempered.entropy)
	}
}

func TestNucleusTies(t *testing.T) {
	d := distribution{params: rollout.Sampling{Temperature: 1, TopP: 0.5}}
	if err := d.set([]float32{1, 1, 1, 1}); err != nil {
		t.Fatal(err)
	}
	for id, want := range []bool{true, true, false, false} {
		if got := d.cut.keeps(id, 1); got != want {
			t.Errorf("token %d kept: %v, want %v", id, got, want)
		}
	}
	d.params.TopP = 1e-9
	if err := d.set([]float32{0, 3, 3}); err != nil {
		t.Fatal(err)
	}
	if d.draw(0.999) != 1 || d.logProb(1) != 0 {
		t.Error("the nucleus must keep exactly one token")
	}
}

// The short cuts for large vocabularies must not change what is kept.
func TestLargeVocabularyAgainstFullSort(t *testing.T) {
	s := newStream(3)
	logits := make([]float32, 20_000)
	for i := range logits {
		logits[i] = float32(math.Round(12*s.uniform()*s.uniform()*64) / 64)
	}
	for _, p := range []rollout.Sampling{{Temperature: 0.6, TopP: 0.95}, {Temperature: 1, TopP: 0.999}, {Temperature: 1.3, TopP: 0.9, TopK: 300}} {
		d := distribution{params: p}
		if err := d.set(logits); err != nil {
			t.Fatal(err)
		}
		if got, want := kept(&d), keptByFullSort(logits, p); !slices.Equal(got, want) {
			t.Errorf("%+v: kept %d tokens, the full sort keeps %d", p, len(got), len(want))
		}
	}
}

func kept(d *distribution) (ids []int) {
	for id, z := range d.logits {
		if d.cut.keeps(id, z) {
			ids = append(ids, id)
		}
	}
	return ids
}

func keptByFullSort(logits []float32, p rollout.Sampling) []int {
	order := make([]int, len(logits))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if logits[a] != logits[b] {
			return int(math.Copysign(1, float64(logits[b]-logits[a])))
		}
		return 0
	})
	if p.TopK > 0 {
		n := p.TopK
		for n < len(order) && logits[order[n]] == logits[order[p.TopK-1]] {
			n++
		}
		order = order[:n]
	}
	var total, head float64
	for _, id := range order {
		total += math.Exp(float64(logits[id]) / p.Temperature)
	}
	n := 0
	for n < len(order) && head < p.TopP*total {
		head += math.Exp(float64(logits[order[n]]) / p.Temperature)
		n++
	}
	ids := order[:n]
	slices.Sort(ids)
	return ids
}

func TestLogitsMustBeFinite(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, temperature := range []float64{0, 1} {
		for _, row := range [][]float32{{nan, 1}, {1, nan}, {inf, 1}, {-inf, -inf}} {
			d := distribution{params: rollout.Sampling{Temperature: temperature, TopP: 1}}
			if err := d.set(row); !errors.Is(err, errNotFinite) {
				t.Errorf("T = %v, logits %v: error %v, want %v", temperature, row, err, errNotFinite)
			}
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	for _, c := range []struct {
		vocab int
		p     rollout.Sampling
	}{{53, rollout.Sampling{Temperature: 1.2, TopP: 1}}, {151_936, rollout.Sampling{Temperature: 0.85, TopP: 1}}, {151_936, rollout.Sampling{Temperature: 0.6, TopP: 0.95}}} {
		b.Run(fmt.Sprintf("vocab=%d/top_p=%v", c.vocab, c.p.TopP), func(b *testing.B) {
			s, d := newStream(1), distribution{params: c.p}
			logits := make([]float32, c.vocab)
			for i := range logits {
				logits[i] = float32(20 * s.uniform() * s.uniform() * s.uniform())
			}
			for b.Loop() {
				if err := d.set(logits); err != nil {
					b.Fatal(err)
				}
				_ = d.logProb(d.draw(s.uniform()))
			}
		})
	}
}

// The nucleus is the one that its definition gives: sort, then add up.
func TestNucleusIsThatOfTheDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 300 {
		logits := make([]float32, 1+rng.IntN(400))
		for i := range logits {
			logits[i] = float32(rng.NormFloat64() * 3)
			if rng.IntN(3) == 0 {
				logits[i] = float32(rng.IntN(4)) // many are equal
			}
		}
		d := distribution{params: rollout.Sampling{Temperature: 0.8, TopP: rng.Float64()}}
		if err := d.set(logits); err != nil {
			t.Fatal(err)
		}
		order := make([]int, len(logits))
		total := 0.0
		for i := range order {
			order[i] = i
			total += d.weights[i]
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(logits[b], logits[a]) })
		head := 0.0
		for _, id := range order {
			if want := head < d.params.TopP*total; d.cut.keeps(id, logits[id]) != want && math.Abs(head-d.params.TopP*total) > 1e-12*total {
				t.Fatalf("top-p %v of %d tokens: token %d with %v before it is kept: %v", d.params.TopP, len(logits), id, head/total, !want)
			}
			if d.cut.keeps(id, logits[id]) {
				head += d.weights[id]
			}
		}
		if math.Abs(head-d.keptWeight) > 1e-12*total {
			t.Errorf("the kept tokens weigh %v, not %v", head, d.keptWeight)
		}
	}
}

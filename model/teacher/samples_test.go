package teacher

import (
	"fmt"
	"math"
	"testing"

	"temper/model/recipe"
)

// TestMeanSamples: the paper's numbers of prompts get its numbers of responses, each prompt one of two numbers, and a set with
// more responses in the mean has all of one with fewer.
func TestMeanSamples(t *testing.T) {
	for _, test := range []struct {
		prompts, samples int
		mean, rows       float64
	}{{247_000, 5, 4.86, 1_200_420}, {136_000, 8, 7.35, 999_600}, {10_000, 3, 3, 30_000}, {10_000, 3, 0, 30_000}, {10_000, 1, 0.25, 2500}} {
		settings := recipe.Teach{Samples: test.samples, MeanSamples: test.mean}
		total := 0
		for i := range test.prompts {
			n := Samples(settings, 7, fmt.Sprint("question ", i))
			if n != test.samples && n != test.samples-1 {
				t.Fatalf("%+v: %d responses", test, n)
			}
			total += n
		}
		if off := math.Abs(float64(total) - test.rows); off > 2.5*math.Sqrt(float64(test.prompts)) || test.mean == float64(test.samples) && off > 0 {
			t.Errorf("%+v: %d responses", test, total)
		}
	}
	few, more := recipe.Teach{Samples: 5, MeanSamples: 4.3}, recipe.Teach{Samples: 6, MeanSamples: 5.1}
	differ, grown := 0, 0
	for i := range 1000 {
		question := fmt.Sprint(i)
		if Samples(few, 1, question) > Samples(more, 1, question) {
			t.Errorf("question %d has more responses in the smaller set", i)
		}
		if Samples(few, 1, question) != Samples(few, 2, question) {
			differ++
		}
		if Samples(few, 1, question) < Samples(recipe.Teach{Samples: 5, MeanSamples: 4.8}, 1, question) {
			grown++
		}
	}
	if differ == 0 || grown == 0 {
		t.Errorf("%d questions differ by seed, %d by mean", differ, grown)
	}
}

package temperature

import (
	"cmp"
	"slices"
)

// point is one temperature of the monotone fit.
type point struct{ temperature, entropy float64 }

// monotoneFit is the non-decreasing function of temperature that is nearest to
// the measurements in the sense of least squares weighted by rollouts (isotonic
// regression by pooling adjacent violators). In it the target is crossed once.
func monotoneFit(measurements []Measurement) []point {
	sorted := slices.Clone(measurements)
	slices.SortStableFunc(sorted, func(a, b Measurement) int { return cmp.Compare(a.Temperature, b.Temperature) })
	type block struct {
		entropy, weight float64
		size            int
	}
	var blocks []block
	for _, m := range sorted {
		blocks = append(blocks, block{m.Entropy, float64(max(m.Rollouts, 1)), 1})
		for n := len(blocks); n > 1 && blocks[n-2].entropy >= blocks[n-1].entropy; n = len(blocks) {
			a, b := blocks[n-2], blocks[n-1]
			weight := a.weight + b.weight
			mean := a.entropy*(a.weight/weight) + b.entropy*(b.weight/weight)
			blocks = append(blocks[:n-2], block{mean, weight, a.size + b.size})
		}
	}
	var points []point
	for _, b := range blocks {
		for range b.size {
			points = append(points, point{sorted[len(points)].Temperature, b.entropy})
		}
	}
	return points
}

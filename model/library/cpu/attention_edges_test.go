package cpu

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
)

// TestAttentionSpecials puts NaN or an infinity into one slot of the queries, keys or
// values: queries see it from its slot on, and others do not; but a value that is
// not finite reaches those of the same block before it, as 0·NaN.
func TestAttentionSpecials(t *testing.T) {
	needKernels(t)
	const slots, width = 100, 16
	plain := newAttention(rand.New(rand.NewPCG(5, 1)), attentionCase{layout: compute.AttentionAxesLayoutBSHD, batch: 1, heads: 1, group: 1, slots: slots, keys: slots, size: width, causal: true})
	for _, kernels := range available() {
		b, err := New("kernels=" + kernels.class)
		if err != nil {
			t.Fatal(err)
		}
		want, err := plain.run(b, false, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			for input := range 3 {
				for _, slot := range []int{0, 31, 32, 45, 99} {
					c := plain
					c.inputs[input] = append([]float32{}, plain.inputs[input]...)
					c.inputs[input][slot*width+3] = float32(v)
					got, err := c.run(b, false, false)
					if err != nil {
						t.Fatal(err)
					}
					before := slot
					if input == 2 {
						before = slot / queryBlock * queryBlock
					}
					if !sameBits(got[0][:before*width], want[0][:before*width]) {
						t.Errorf("%s: %v in input %d at %d changes queries before it", kernels.class, v, input, slot)
					}
					if y := float64(got[0][slot*width+3]); input != 1 && !math.IsNaN(y) && y != v {
						t.Errorf("%s: %v in input %d at %d gives %v", kernels.class, v, input, slot, y)
					}
					if after := (slot + 1) * width; input == 0 && !sameBits(got[0][after:], want[0][after:]) {
						t.Errorf("%s: %v in query %d changes others", kernels.class, v, slot)
					}
				}
			}
		}
		b.Finalize()
	}
}

// FuzzAttention checks attention of any shape against double precision.
func FuzzAttention(f *testing.F) {
	f.Add(uint64(1), uint8(33), uint8(40), uint8(32), uint8(0))
	f.Add(uint64(2), uint8(100), uint8(1), uint8(65), uint8(255))
	f.Fuzz(func(t *testing.T, seed uint64, slots, keys, width, kind uint8) {
		c := attentionCase{layout: compute.AttentionAxesLayout(kind & 1), batch: 1 + int(kind>>1&1), heads: 1 + int(kind>>2&1), group: 1 + int(kind>>3&3),
			slots: 1 + int(slots)%130, size: 1 + int(width)%130, causal: kind>>5&1 == 0}
		if c.keys = c.slots; !c.causal {
			c.keys = 1 + int(keys)
		}
		rng := rand.New(rand.NewPCG(seed, 0))
		c = newAttention(rng, c)
		if kind>>7 == 1 {
			c.addMask(rng)
		}
		want := c.want()
		var first [][]float32
		for _, kernels := range available() {
			b, err := New("kernels=" + kernels.class)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.run(b, kind>>6&1 == 1, false)
			if err != nil {
				t.Fatalf("%s: %v", c.name(), err)
			}
			for j := range got {
				if off := apart(got[j], want[j], max(1, c.floor())); !(off <= 96) {
					t.Errorf("%s, %s: output %d is %.1f units from double precision", c.name(), kernels.class, j, off)
				}
				if first != nil && !sameBits(first[j], got[j]) {
					t.Errorf("%s: %s gives other bits in output %d", c.name(), kernels.class, j)
				}
			}
			first = got
			b.Finalize()
		}
	})
}

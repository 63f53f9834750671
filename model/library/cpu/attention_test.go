package cpu

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// TestAttention checks attention and its gradients against double precision and
// against gobackend's operations, for all kernels, which agree to the last bit.
func TestAttention(t *testing.T) {
	needKernels(t)
	worst := [4]float64{}
	for i, c := range attentionCases() {
		c = newAttention(rand.New(rand.NewPCG(uint64(i), 9)), c)
		want := c.want()
		var first, other [][]float32
		for _, kernels := range available() {
			b, err := New(fmt.Sprintf("threads=%d,kernels=%s", 1+i%4, kernels.class))
			if err != nil {
				t.Fatal(err)
			}
			b.(*Backend).worthwhile = 1 // so that every step is shared
			got, err := c.run(b, i%3 == 1, false)
			if err != nil {
				t.Fatalf("%s: %v", c.name(), err)
			}
			if first == nil {
				if other, err = c.run(b, false, true); err != nil {
					t.Fatalf("%s: %v", c.name(), err)
				}
			}
			for j := range got {
				if off := apart(got[j], want[j], c.floor()); !(off <= 64) {
					t.Errorf("%s, %s: output %d is %.1f units from double precision", c.name(), kernels.class, j, off)
				} else {
					worst[j] = max(worst[j], off)
				}
				if off := apart(got[j], other[j], c.floor()); !(off <= 128) {
					t.Errorf("%s, %s: output %d is %.1f units from gobackend", c.name(), kernels.class, j, off)
				}
				if first != nil && !sameBits(first[j], got[j]) {
					t.Errorf("%s: %s gives other bits in output %d", c.name(), kernels.class, j)
				}
			}
			first = got
			b.Finalize()
		}
	}
	t.Logf("y, dq, dk, dv: at most %.1f units of 2^-24 of the largest element from double precision", worst)
}

// TestAttentionPosition checks that neither the batch that a row is part of nor
// what follows a query changes a bit of its result.
func TestAttentionPosition(t *testing.T) {
	needKernels(t)
	for _, kernels := range available() {
		b, err := New("kernels=" + kernels.class)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Finalize()
		all := newAttention(rand.New(rand.NewPCG(3, 1)), attentionCase{layout: compute.AttentionAxesLayoutBSHD, batch: 3, heads: 2, group: 2, slots: 77, keys: 77, size: 24, causal: true})
		whole, err := all.run(b, false, false)
		if err != nil {
			t.Fatal(err)
		}
		row := all
		row.batch = 1
		for i, x := range all.inputs {
			row.inputs[i] = x[len(x)/3 : len(x)/3*2]
		}
		alone, err := row.run(b, false, false)
		if err != nil {
			t.Fatal(err)
		}
		for i := range alone {
			if n := len(alone[i]); !sameBits(alone[i], whole[i][n:2*n]) {
				t.Errorf("%s: output %d differs for a row alone", kernels.class, i)
			}
		}
		short := row
		short.slots, short.keys = 41, 41
		for i, x := range row.inputs {
			short.inputs[i] = x[:len(x)/77*41]
		}
		begin, err := short.run(b, false, false)
		if err != nil {
			t.Fatal(err)
		}
		if !sameBits(begin[0], alone[0][:len(begin[0])]) {
			t.Errorf("%s: queries differ when others follow", kernels.class)
		}
	}
}

// TestAttentionMaskOfOthers checks that what one query of a block sees changes no
// bit of the others, even where it makes the block reach for a key far away.
func TestAttentionMaskOfOthers(t *testing.T) {
	needKernels(t)
	b, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	const slots, size = 1184, 8
	c := newAttention(rand.New(rand.NewPCG(3, 1)), attentionCase{layout: compute.AttentionAxesLayoutBSHD, batch: 1, heads: 1, group: 1, slots: slots, keys: slots, size: size, causal: true})
	c.mask = make([]bool, slots*slots)
	for i := range c.mask {
		c.mask[i] = i%slots >= 64 || i/slots < 64
	}
	near, err := c.run(b, false, false)
	if err != nil {
		t.Fatal(err)
	}
	c.mask = slices.Clone(c.mask)
	c.mask[(slots-1)*slots] = true // the last query sees key 0 besides
	far, err := c.run(b, false, false)
	if err != nil {
		t.Fatal(err)
	}
	before := (slots - 1) * size
	for i := range 2 { // y and dq
		if !sameBits(near[i][:before], far[i][:before]) {
			t.Errorf("output %d: the last query's mask changes other queries", i)
		}
		if sameBits(near[i][before:], far[i][before:]) {
			t.Errorf("output %d: the last query's mask changes nothing", i)
		}
	}
}

// TestAttentionLimits checks what is refused, and how.
func TestAttentionLimits(t *testing.T) {
	b, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	native := b.(*Backend).KernelClass() != classGo
	for _, op := range []compute.OpType{compute.OpTypeFusedScaledDotProductAttention, compute.OpTypeFusedScaledDotProductAttentionVJP} {
		if b.Capabilities().Operations[op] != native {
			t.Errorf("%s announced: %v, native: %v", op, !native, native)
		}
	}
	for _, c := range []struct {
		name           string
		dtype          dtypes.DType
		q, k           []int
		causal, masked bool
		missing        bool
	}{
		{"float64", dtypes.Float64, []int{1, 2, 3, 4}, []int{1, 2, 3, 4}, true, false, true},
		{"additive mask", dtypes.Float32, []int{1, 2, 3, 4}, []int{1, 2, 3, 4}, true, true, true},
		{"causal with other keys", dtypes.Float32, []int{1, 2, 3, 4}, []int{1, 2, 5, 4}, true, false, true},
		{"wide heads", dtypes.Float32, []int{1, 2, 3, 513}, []int{1, 2, 3, 513}, true, false, true},
		{"narrow values", dtypes.Float32, []int{1, 2, 3, 4}, []int{1, 2, 3, 4}, true, false, true},
		{"head sizes", dtypes.Float32, []int{1, 2, 3, 4}, []int{1, 2, 3, 5}, true, false, false},
		{"groups", dtypes.Float32, []int{1, 3, 3, 4}, []int{1, 2, 3, 4}, true, false, false},
		{"rank", dtypes.Float32, []int{3, 3, 4}, []int{3, 3, 4}, true, false, false},
	} {
		f := b.Builder(c.name).Main()
		q, _ := f.Parameter("q", shapes.Make(c.dtype, c.q...), nil)
		k, _ := f.Parameter("k", shapes.Make(c.dtype, c.k...), nil)
		options := &compute.ScaledDotProductAttentionConfig{Causal: c.causal}
		if c.masked {
			options.Mask = q
		}
		v := k
		if c.name == "narrow values" {
			v, _ = f.Parameter("v", shapes.Make(c.dtype, 1, 2, 3, 2), nil)
		}
		_, _, err := f.FusedScaledDotProductAttention(q, k, v, compute.AttentionAxesLayoutBHSD, options)
		if err == nil || native && compute.IsNotImplemented(err) != c.missing {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

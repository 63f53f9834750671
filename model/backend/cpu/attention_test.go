package cpu

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// attentionCase is attention over random queries, keys, values and a gradient.
type attentionCase struct {
	layout                                 compute.AttentionAxesLayout
	batch, heads, group, slots, keys, size int
	causal                                 bool
	scale                                  float64
	inputs                                 [4][]float32 // q, k, v, dy
	mask                                   []bool       // [batch or 1, slots, keys], or nil
}

func newAttention(rng *rand.Rand, c attentionCase) attentionCase {
	for i := range c.inputs {
		c.inputs[i] = make([]float32, shapes.Make(dtypes.Float32, c.dims(i)...).Size())
		for j := range c.inputs[i] {
			c.inputs[i][j] = float32(rng.NormFloat64())
		}
	}
	return c
}

// shows tells whether a query sees a key.
func (c *attentionCase) shows(batch, query, key int) bool {
	if c.causal && key > query {
		return false
	}
	per := c.slots * c.keys
	return c.mask == nil || c.mask[(batch*per)%len(c.mask)+query*c.keys+key]
}

// addMask draws a mask: sequences in a row, or keys at random, for all of the batch
// or each.
func (c *attentionCase) addMask(rng *rand.Rand) {
	c.mask = make([]bool, (1+rng.IntN(2)*(c.batch-1))*c.slots*c.keys)
	rare, packed := rng.IntN(40), rng.IntN(3) > 0
	start := 0
	for i := range c.mask {
		query, key := i/c.keys%c.slots, i%c.keys
		if key == 0 && (query == 0 || rng.IntN(20) == 0) {
			start = query
		}
		c.mask[i] = packed && key >= start && (key <= query || !c.causal) || !packed && rng.IntN(1+rare) == 0
	}
}

// dims is the shape of an input.
func (c attentionCase) dims(input int) []int {
	heads, slots := c.heads*c.group, c.slots
	if input == 1 || input == 2 {
		heads, slots = c.heads, c.keys
	}
	if c.layout == compute.AttentionAxesLayoutBHSD {
		return []int{c.batch, heads, slots, c.size}
	}
	return []int{c.batch, slots, heads, c.size}
}

// run returns y, dq, dk and dv. With transposed the operands are views that
// are not row-major; with left the graph is gobackend's.
func (c attentionCase) run(b compute.Backend, transposed, left bool) ([][]float32, error) {
	builder := b.Builder("attention")
	f := builder.Main()
	var in []compute.Value
	var buffers []compute.Buffer
	for i, flat := range c.inputs {
		shape := shapes.Make(dtypes.Float32, c.dims(i)...)
		if transposed {
			shape = shapes.Make(dtypes.Float32, c.dims(i)[3], c.dims(i)[1], c.dims(i)[0], c.dims(i)[2])
			flat = swapped(flat, c.dims(i))
		}
		v, err := f.Parameter(fmt.Sprint("p", i), shape, nil)
		if err != nil {
			return nil, err
		}
		if transposed {
			if v, err = f.Transpose(v, 2, 1, 3, 0); err != nil {
				return nil, err
			}
		}
		buffer, err := b.BufferFromFlatData(0, flat, shape)
		if err != nil {
			return nil, err
		}
		in, buffers = append(in, v), append(buffers, buffer)
	}
	options := &compute.ScaledDotProductAttentionConfig{Causal: c.causal, Scale: c.scale}
	if c.mask != nil {
		v, buffer, err := c.maskOperand(b, f, transposed)
		if err != nil {
			return nil, err
		}
		options.Mask, buffers = v, append(buffers, buffer)
	}
	y, state, err := f.FusedScaledDotProductAttention(in[0], in[1], in[2], c.layout, options)
	if err != nil {
		return nil, err
	}
	dq, dk, dv, err := f.FusedScaledDotProductAttentionVJP(in[0], in[1], in[2], c.layout, options, y, state, in[3])
	if err != nil {
		return nil, err
	}
	results := []compute.Value{y, dq, dk, dv}
	if left {
		v, err := f.Reverse(y, 0)
		if err != nil {
			return nil, err
		}
		results = append(results, v)
	}
	if err := f.Return(results, nil); err != nil {
		return nil, err
	}
	exec, err := builder.Compile()
	if err != nil {
		return nil, err
	}
	if _, native := exec.(*Executable); native == left {
		return nil, fmt.Errorf("computed by %T", exec)
	}
	return together(exec, buffers)
}

// maskOperand makes the mask an operand with the axes of scores. With transposed it
// is a view whose rows are not adjacent bytes.
func (c attentionCase) maskOperand(b compute.Backend, f compute.Function, transposed bool) (compute.Value, compute.Buffer, error) {
	dims := []int{len(c.mask) / c.slots / c.keys, c.slots, 1, c.keys}
	if c.layout == compute.AttentionAxesLayoutBHSD {
		dims[1], dims[2] = 1, c.slots
	}
	shape, flat := shapes.Make(dtypes.Bool, dims...), c.mask
	if transposed {
		shape = shapes.Make(dtypes.Bool, dims[3], dims[1], dims[0], dims[2])
		flat = swapped(flat, dims)
	}
	v, err := f.Parameter("mask", shape, nil)
	if err != nil {
		return nil, nil, err
	}
	if transposed {
		if v, err = f.Transpose(v, 2, 1, 3, 0); err != nil {
			return nil, nil, err
		}
	}
	buffer, err := b.BufferFromFlatData(0, flat, shape)
	return v, buffer, err
}

// together executes a graph on three goroutines at a time, and returns its first
// four results, which must agree to the last bit.
func together(exec compute.Executable, inputs []compute.Buffer) ([][]float32, error) {
	var wg sync.WaitGroup
	var results [3][][]float32
	var errs [3]error
	for i := range results {
		wg.Go(func() {
			outputs, err := exec.Execute(inputs, nil, 0)
			if err != nil {
				errs[i] = err
				return
			}
			for _, o := range outputs[:4] {
				data, err := o.Data()
				errs[i] = errors.Join(errs[i], err)
				results[i] = append(results[i], data.([]float32))
			}
		})
	}
	wg.Wait()
	for i := range results {
		if errs[i] != nil {
			return nil, errs[i]
		}
		for j := range results[i] {
			if !sameBits(results[0][j], results[i][j]) {
				return nil, fmt.Errorf("result %d depends on the goroutine", j)
			}
		}
	}
	return results[0], nil
}

// swapped is an array [a, b, c, d] with the axes d, b, a, c.
func swapped[T any](x []T, dims []int) []T {
	out := make([]T, 0, len(x))
	for l := range dims[3] {
		for j := range dims[1] {
			for i := range dims[0] {
				for k := range dims[2] {
					out = append(out, x[((i*dims[1]+j)*dims[2]+k)*dims[3]+l])
				}
			}
		}
	}
	return out
}

// head is where the elements of a head's slot lie in an input or its gradient.
func (c *attentionCase) head(input, batch, head, slot int) int {
	heads, slots := c.heads*c.group, c.slots
	if input == 1 || input == 2 {
		heads, slots = c.heads, c.keys
	}
	if c.layout == compute.AttentionAxesLayoutBHSD {
		return ((batch*heads+head)*slots + slot) * c.size
	}
	return ((batch*slots+slot)*heads + head) * c.size
}

// want computes the results in double precision.
func (c *attentionCase) want() [4][]float64 {
	var out [4][]float64
	for i, like := range []int{0, 0, 1, 2} {
		out[i] = make([]float64, len(c.inputs[like]))
	}
	scale := c.scale
	if scale == 0 {
		scale = 1 / math.Sqrt(float64(c.size))
	}
	for batch := range c.batch {
		for head := range c.heads * c.group {
			for query := range c.slots {
				c.wantQuery(out, batch, head, query, scale)
			}
		}
	}
	return out
}

// wantQuery computes what one query adds.
func (c *attentionCase) wantQuery(out [4][]float64, batch, head, query int, scale float64) {
	dot := func(a, headA, slotA, b, headB, slotB int) (sum float64) {
		x, y := c.inputs[a][c.head(a, batch, headA, slotA):], c.inputs[b][c.head(b, batch, headB, slotB):]
		for e := range c.size {
			sum += float64(x[e]) * float64(y[e])
		}
		return sum
	}
	kv := head / c.group
	weights := make([]float64, c.keys)
	largest, total := math.Inf(-1), 0.0
	for key := range weights {
		if weights[key] = math.Inf(-1); c.shows(batch, query, key) {
			weights[key] = scale * dot(0, head, query, 1, kv, key)
		}
		largest = max(largest, weights[key])
	}
	if math.IsInf(largest, -1) { // it sees nothing
		return
	}
	for key, s := range weights {
		weights[key] = math.Exp(s - largest)
		total += weights[key]
	}
	slopes, mean := make([]float64, c.keys), 0.0
	for key := range weights {
		if weights[key] == 0 {
			continue
		}
		weights[key] /= total
		slopes[key] = dot(3, head, query, 2, kv, key)
		mean += weights[key] * slopes[key]
	}
	for key, w := range weights {
		if w == 0 {
			continue
		}
		slope := w * (slopes[key] - mean) * scale
		q, k := c.head(0, batch, head, query), c.head(1, batch, kv, key)
		for range c.size {
			out[0][q] += w * float64(c.inputs[2][k])
			out[1][q] += slope * float64(c.inputs[1][k])
			out[2][k] += slope * float64(c.inputs[0][q])
			out[3][k] += w * float64(c.inputs[3][q])
			q, k = q+1, k+1
		}
	}
}

// floor is what the largest of a case's results is at least taken for: where a
// query sees one key, dq and dk are 0 but for rounding.
func (c attentionCase) floor() float64 {
	if c.mask != nil || c.keys == 1 {
		return 8
	}
	return 1e-3
}

// apart is the largest difference in units of 2^-24 of the largest magnitude.
func apart[T float32 | float64](got []float32, want []T, floor float64) float64 {
	largest, worst := floor, 0.0
	for i, w := range want {
		d := math.Abs(float64(got[i]) - float64(w))
		if d != d {
			return d
		}
		largest, worst = max(largest, math.Abs(float64(w))), max(worst, d)
	}
	return worst / largest * 0x1p24
}

func attentionCases() []attentionCase {
	const bhsd, bshd = compute.AttentionAxesLayoutBHSD, compute.AttentionAxesLayoutBSHD
	cases := []attentionCase{
		{layout: bshd, batch: 2, heads: 2, group: 2, slots: 128, keys: 128, size: 32, causal: true},
		{layout: bhsd, batch: 1, heads: 1, group: 7, slots: 100, keys: 100, size: 64, causal: true},
		{layout: bshd, batch: 1, heads: 1, group: 1, slots: 550, keys: 550, size: 16, causal: true},
		{layout: bhsd, batch: 1, heads: 1, group: 2, slots: 33, keys: 1100, size: 48, scale: 0.3},
		{layout: bshd, batch: 1, heads: 1, group: 1, slots: 34, keys: 34, size: 512, causal: true},
		{layout: bshd, batch: 1, heads: 1, group: 2, slots: 300, keys: 300, size: 32, causal: true}, // masked
	}
	rng := rand.New(rand.NewPCG(7, 8))
	for range 60 {
		c := attentionCase{layout: compute.AttentionAxesLayout(rng.IntN(2)), batch: 1 + rng.IntN(3), heads: 1 + rng.IntN(3), group: 1 + rng.IntN(3),
			slots: 1 + rng.IntN(80), size: 1 + rng.IntN(70), causal: rng.IntN(4) > 0, scale: rng.Float64() * float64(rng.IntN(2))}
		if c.keys = c.slots; !c.causal {
			c.keys = 1 + rng.IntN(80)
		}
		cases = append(cases, c)
	}
	for i := range cases {
		if i > 4 && i%2 == 1 {
			cases[i].addMask(rng)
		}
	}
	return cases
}

func (c attentionCase) name() string {
	return fmt.Sprintf("%s/%dx%d*%d/%dx%d/%d/%v/masked=%v", c.layout, c.batch, c.heads, c.group, c.slots, c.keys, c.size, c.causal, c.mask != nil)
}

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

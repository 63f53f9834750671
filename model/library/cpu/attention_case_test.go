package cpu

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

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

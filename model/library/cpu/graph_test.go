package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
)

// randomGraph builds a graph of random operations on small arrays: the same one
// for the same seed, on any backend. Values stay of moderate size.
type randomGraph struct {
	f      compute.Function
	rng    *rand.Rand
	values []compute.Value // float32
	err    error
}

func (g *randomGraph) keep(v compute.Value, err error) compute.Value {
	if err != nil && g.err == nil {
		g.err = err
	}
	return v
}

func (g *randomGraph) dims(v compute.Value) []int {
	s, err := g.f.Shape(v)
	g.keep(nil, err)
	return s.Dimensions
}

func (g *randomGraph) pick() compute.Value { return g.values[g.rng.IntN(len(g.values))] }

// small brings a value to the range from -1 to 1.
func (g *randomGraph) small(v compute.Value) compute.Value {
	half := g.keep(g.f.Constant([]float32{0.5}))
	return g.keep(g.f.Sub(g.keep(g.f.Logistic(v)), half))
}

func size(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// step adds one operation.
func (g *randomGraph) step() compute.Value {
	x := g.pick()
	d := g.dims(x)
	rank := len(d)
	switch op := g.rng.IntN(16); {
	case op == 0:
		return g.keep(g.f.Exp(g.small(x)))
	case op == 1:
		one := g.keep(g.f.Constant([]float32{1}))
		return g.keep(g.f.Sqrt(g.keep(g.f.Add(g.keep(g.f.Abs(x)), one)))) // away from 0, where errors grow
	case op == 2:
		return g.keep(g.f.Tanh(x)) // gobackend's
	case op <= 5:
		return g.binary(x, d)
	case op == 6 && size(d) > 1:
		return g.keep(g.f.Reshape(x, g.regroup(size(d))...))
	case op <= 8 && rank > 1:
		return g.keep(g.f.Transpose(x, g.rng.Perm(rank)...))
	case op == 9 && rank > 0:
		starts, limits, strides := make([]int, rank), slices.Clone(d), make([]int, rank)
		for i := range d {
			starts[i], strides[i] = g.rng.IntN(d[i]), 1+g.rng.IntN(2)
			limits[i] = starts[i] + 1 + g.rng.IntN(d[i]-starts[i])
		}
		return g.keep(g.f.Slice(x, starts, limits, strides))
	case op == 10 && rank > 0:
		return g.join(x, rank)
	case op == 11 && rank > 0:
		axes := g.rng.Perm(rank)[:1+g.rng.IntN(rank)]
		if g.rng.IntN(2) == 0 {
			return g.keep(g.f.ReduceMax(x, axes...))
		}
		return g.small(g.keep(g.f.ReduceSum(x, axes...)))
	case op == 12 && rank > 0:
		return g.keep(g.f.FusedSoftmax(x, rank-1))
	case op == 13 && rank > 0:
		return g.rows(x, d)
	case op >= 14:
		return g.small(g.product(x, d))
	}
	return g.keep(g.f.Neg(x))
}

// join concatenates x with itself or another array, or pads it.
func (g *randomGraph) join(x compute.Value, rank int) compute.Value {
	other := x
	switch g.rng.IntN(4) {
	case 0:
		other = g.keep(g.f.Neg(x))
	case 1:
		axes := make([]compute.PadAxis, rank)
		for i := range axes {
			axes[i] = compute.PadAxis{Start: g.rng.IntN(3), End: g.rng.IntN(3), Interior: g.rng.IntN(8) / 7}
		}
		return g.keep(g.f.Pad(x, g.keep(g.f.Constant([]float32{0.5})), axes...))
	}
	return g.keep(g.f.Concatenate(g.rng.IntN(rank), x, other, x))
}

// binary combines x with an array of its shape, a row, a column or a scalar.
func (g *randomGraph) binary(x compute.Value, d []int) compute.Value {
	y := x
	for _, v := range g.values {
		if slices.Equal(g.dims(v), d) && g.rng.IntN(2) == 0 {
			y = v
		}
	}
	if rank := len(d); rank > 0 && g.rng.IntN(2) == 0 {
		axis := g.rng.IntN(rank)
		spread := slices.Clone(d)
		spread[axis] = 1
		y = g.keep(g.f.Reshape(g.keep(g.f.ReduceMax(x, axis)), spread...))
	}
	switch g.rng.IntN(5) {
	case 0:
		return g.keep(g.f.Mul(x, y))
	case 1:
		return g.keep(g.f.Sub(x, y))
	case 2:
		return g.keep(g.f.Max(x, y))
	case 3:
		if len(d) == 0 {
			return g.keep(g.f.Neg(x))
		}
		count := g.keep(g.f.Iota(shapes.Make(dtypes.Int32, d...), len(d)-1))
		two := g.keep(g.f.Constant([]int32{2}))
		return g.keep(g.f.Where(g.keep(g.f.LessThan(count, two)), x, g.keep(g.f.BroadcastInDim(g.keep(g.f.Constant([]float32{0.25})), shapes.Make(dtypes.Float32, d...), nil))))
	}
	return g.small(g.keep(g.f.Add(x, y)))
}

// regroup draws dimensions with a given product.
func (g *randomGraph) regroup(n int) []int {
	var dims []int
	for f := 2; n > 1; {
		if n%f != 0 {
			f++
			continue
		}
		n /= f
		if len(dims) > 0 && g.rng.IntN(2) == 0 || len(dims) == 4 {
			dims[len(dims)-1] *= f
		} else {
			dims = append(dims, f)
		}
	}
	g.rng.Shuffle(len(dims), func(i, j int) { dims[i], dims[j] = dims[j], dims[i] })
	return dims
}

// rows gathers rows of x and adds some of them to it.
func (g *randomGraph) rows(x compute.Value, d []int) compute.Value {
	n := 1 + g.rng.IntN(5)
	index := make([]int32, n)
	for i := range index {
		index[i] = int32(g.rng.IntN(d[0]))
	}
	at := g.keep(g.f.Constant(index, n, 1))
	var offset []int
	sizes := slices.Clone(d)
	sizes[0] = 1
	for i := 1; i < len(d); i++ {
		offset = append(offset, i)
	}
	rows := g.keep(g.f.Gather(x, at, 1, offset, []int{0}, []int{0}, sizes, false))
	return g.small(g.keep(g.f.ScatterSum(x, at, rows, 1, offset, []int{0}, []int{0}, false, false)))
}

// product multiplies x with a part of itself over some axes.
func (g *randomGraph) product(x compute.Value, d []int) compute.Value {
	perm := g.rng.Perm(len(d))
	y := g.keep(g.f.Transpose(x, perm...))
	var leftContract, rightContract, leftBatch, rightBatch []int
	out := 1
	for i, axis := range perm {
		switch g.rng.IntN(3) {
		case 0:
			leftContract, rightContract = append(leftContract, axis), append(rightContract, i)
		case 1:
			leftBatch, rightBatch = append(leftBatch, axis), append(rightBatch, i)
			out *= d[axis]
		default:
			out *= d[axis] * d[axis]
		}
	}
	if out > 4000 || len(leftContract) == 0 {
		return g.keep(g.f.Neg(x))
	}
	return g.keep(g.f.DotGeneral(x, leftContract, leftBatch, y, rightContract, rightBatch, compute.DotGeneralConfig{}))
}

// runRandom builds and runs a random graph, twice at the same time, and returns
// its outputs.
func runRandom(b compute.Backend, seed uint64, steps int) ([][]float32, error) {
	rng := rand.New(rand.NewPCG(seed, 1))
	builder := b.Builder(fmt.Sprint("random", seed))
	g := &randomGraph{f: builder.Main(), rng: rng}
	var inputs []compute.Buffer
	for i := range 3 {
		dims := make([]int, rng.IntN(4))
		for j := range dims {
			dims[j] = 1 + rng.IntN(9)
		}
		if i == 0 {
			dims = []int{1 + rng.IntN(40), 8 * (1 + rng.IntN(6))}
		}
		data := make([]float32, size(dims))
		for j := range data {
			data[j] = float32(rng.NormFloat64())
		}
		shape := shapes.Make(dtypes.Float32, dims...)
		g.values = append(g.values, g.keep(g.f.Parameter(fmt.Sprint("p", i), shape, nil)))
		in, err := b.BufferFromFlatData(0, data, shape)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, in)
	}
	for range steps {
		v := g.step()
		if g.err != nil {
			return nil, g.err
		}
		if size(g.dims(v)) <= 20000 {
			g.values = append(g.values, v)
		}
	}
	outputs := g.values[max(0, len(g.values)-6):]
	if err := g.f.Return(outputs, nil); err != nil {
		return nil, err
	}
	exec, err := builder.Compile()
	if err != nil {
		return nil, err
	}
	var first [][]float32
	for run := range 2 {
		buffers, err := exec.Execute(inputs, nil, 0)
		if err != nil {
			return nil, err
		}
		for i, buffer := range buffers {
			flat, err := buffer.Data()
			if err != nil {
				return nil, err
			}
			if run == 0 {
				first = append(first, slices.Clone(flat.([]float32)))
			} else if !sameBits(first[i], flat.([]float32)) {
				return nil, fmt.Errorf("output %d of the second run differs", i)
			}
			if err := buffer.Finalize(); err != nil {
				return nil, err
			}
		}
	}
	return first, nil
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// compareRandom runs a random graph with all kernels and with gobackend.
func compareRandom(seed uint64, steps int) error {
	reference, err := gobackend.New("")
	if err != nil {
		return err
	}
	defer reference.Finalize()
	want, err := runRandom(reference, seed, steps)
	if err != nil {
		return fmt.Errorf("gobackend: %w", err)
	}
	var first [][]float32
	for i, class := range append(classNames(), classNames()[0]) {
		b, err := New("threads=4,kernels=" + class)
		if err != nil {
			return err
		}
		defer b.Finalize()
		if i == len(classNames()) {
			b.(*Backend).worthwhile = 1 // so that every step is shared
		}
		got, err := runRandom(b, seed, steps)
		if err != nil {
			return fmt.Errorf("%s: %w", class, err)
		}
		for i := range want {
			for j, w := range want[i] {
				if d := math.Abs(float64(got[i][j] - w)); !(d <= 2e-4*(1+math.Abs(float64(w)))) && w == w {
					return fmt.Errorf("%s: element %d of output %d is %v, gobackend's %v", class, j, i, got[i][j], w)
				}
			}
			if class != classGo && first != nil && !sameBits(first[i], got[i]) {
				return fmt.Errorf("%s: output %d differs from that of other kernels", class, i)
			}
		}
		if class != classGo && first == nil {
			first = got
		}
	}
	return nil
}

// TestRandomGraphs compares random graphs with gobackend: what is fused, what is
// a view, what shares memory.
func TestRandomGraphs(t *testing.T) {
	for seed := range uint64(400) {
		if err := compareRandom(seed, 5+int(seed%40)); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

// FuzzGraph compares a random graph of any length.
func FuzzGraph(f *testing.F) {
	f.Add(uint64(3), uint8(20))
	f.Fuzz(func(t *testing.T, seed uint64, steps uint8) {
		if err := compareRandom(seed, 1+int(steps)%80); err != nil {
			t.Fatal(err)
		}
	})
}

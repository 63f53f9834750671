package cpu

import "slices"

// factor is a run of n elements that are stride apart.
type factor struct{ n, stride int }

// view is an array in the memory of a root. Each axis is a list of factors, the
// outermost first, so that axes that were joined without being adjacent in
// memory are views still.
type view struct {
	root   *root
	offset int // in elements
	axes   [][]factor
}

// whole is the view of all of a root, row-major.
func whole(r *root, dims []int) *view {
	v := &view{root: r, axes: make([][]factor, len(dims))}
	stride := 1
	for i := len(dims) - 1; i >= 0; i-- {
		if dims[i] != 1 {
			v.axes[i] = []factor{{dims[i], stride}}
		}
		stride *= dims[i]
	}
	return v
}

// flat lists the factors of all axes, with neighbours joined where they can be.
func (v *view) flat() []factor { return join(slices.Concat(v.axes...)) }

// join merges factors that continue one another and drops those of one element.
func join(fs []factor) []factor {
	var out []factor
	for _, f := range fs {
		if f.n == 1 {
			continue
		}
		if last := len(out) - 1; last >= 0 && out[last].stride == f.n*f.stride {
			out[last] = factor{out[last].n * f.n, f.stride}
			continue
		}
		out = append(out, f)
	}
	return out
}

// contiguous tells whether the elements lie one after the other.
func contiguous(fs []factor) bool {
	return len(fs) == 0 || len(fs) == 1 && fs[0].stride == 1
}

// reshape returns the view with other axes, or nil if there is none.
func (v *view) reshape(dims []int) *view {
	out := &view{root: v.root, offset: v.offset, axes: make([][]factor, len(dims))}
	rest := v.flat()
	for i, d := range dims {
		for d > 1 {
			f := rest[0]
			switch {
			case d%f.n == 0:
				out.axes[i] = append(out.axes[i], f)
				rest, d = rest[1:], d/f.n
			case f.n%d == 0:
				inner := f.n / d
				out.axes[i] = append(out.axes[i], factor{d, f.stride * inner})
				rest = append([]factor{{inner, f.stride}}, rest[1:]...)
				d = 1
			default:
				return nil
			}
		}
	}
	return out
}

// transpose returns the view with axis i taken from axis perm[i].
func (v *view) transpose(perm []int) *view {
	out := &view{root: v.root, offset: v.offset, axes: make([][]factor, len(perm))}
	for i, axis := range perm {
		out.axes[i] = v.axes[axis]
	}
	return out
}

// broadcast returns the view with the axes of dims; axes[i] is where axis i goes.
func (v *view) broadcast(from, dims, axes []int) *view {
	out := &view{root: v.root, offset: v.offset, axes: make([][]factor, len(dims))}
	for i, d := range dims {
		at := slices.Index(axes, i)
		switch {
		case at >= 0 && from[at] == d:
			out.axes[i] = v.axes[at]
		case d > 1:
			out.axes[i] = []factor{{d, 0}}
		}
	}
	return out
}

// slice returns the view of every strides[i]-th element of axis i, dims[i] of
// them from starts[i] on; or nil if there is none.
func (v *view) slice(from, dims []int, s sliceSpec) *view {
	out := &view{root: v.root, offset: v.offset, axes: make([][]factor, len(dims))}
	for i, d := range dims {
		start, step := s.starts[i], 1
		if len(s.strides) > 0 {
			step = s.strides[i]
		}
		fs := join(v.axes[i])
		switch {
		case start == 0 && d == from[i]:
			out.axes[i] = v.axes[i]
		case len(fs) <= 1:
			if len(fs) == 1 {
				out.offset += start * fs[0].stride
				if d > 1 {
					out.axes[i] = []factor{{d, fs[0].stride * step}}
				}
			}
		default:
			inner := from[i] / fs[0].n // whole steps of the outermost factor
			if step != 1 || start%inner != 0 || d%inner != 0 {
				return nil
			}
			out.offset += start / inner * fs[0].stride
			out.axes[i] = append([]factor{{d / inner, fs[0].stride}}, fs[1:]...)
		}
	}
	return out
}

// derive returns the view that a view node has of its input, or nil.
func derive(n *node, v *view) *view {
	switch n.kind {
	case kindReshape:
		return v.reshape(n.dims())
	case kindTranspose:
		return v.transpose(n.attr.([]int))
	case kindBroadcast:
		return v.broadcast(n.in[0].dims(), n.dims(), n.attr.([]int))
	case kindSlice:
		return v.slice(n.in[0].dims(), n.dims(), n.attr.(sliceSpec))
	}
	return v
}

// root is memory that an execution has: part of its arena, an input, a constant
// or an output.
type root struct {
	id    int
	bytes int // of one element
	size  int // in elements
	place place
	index int // of the input, constant or output; of the arena's 64-byte line
	// first and last are the steps that write it first and use it last, for those
	// in the arena.
	first, last int
}

type place uint8

const (
	inArena place = iota
	inInput
	inConstant
	inOutput
)

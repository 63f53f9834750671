package cpu

import "unsafe"

// block multiplies rows rows of A with a panel of B: see dot_amd64.h.
type block struct {
	rows int
	run  func(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)
}

// panel is the kernels for panels of so many columns, those for the most rows
// first.
type panel struct {
	columns int
	kernels []block
}

// Sizes of matrix products.
const (
	// depth is the number of terms that are summed before the sum goes to memory.
	// Results depend on it, and on nothing else.
	depth = 512
	// directRows is the number of rows up to which copying B to panels does not
	// pay.
	directRows = 48
	// widest is the widest panel and tallest the most rows of a kernel.
	widest, tallest = 32, 12
	// gemmScratch is the scratch memory of a product: a panel and a block of C.
	gemmScratch = depth*widest + tallest*widest
)

// matrix is a strided matrix in memory; strides are in elements.
type matrix struct {
	at           unsafe.Pointer
	rows, column int
}

func (m matrix) element(row, column int) unsafe.Pointer {
	return unsafe.Add(m.at, (row*m.rows+column*m.column)*4)
}

// gemm computes C[m, n] = A[m, k]·B[k, n] for k > 0, plus C where add is set; the
// rows of C are ldc apart. Every element is summed in the same order, wherever it
// lies in C.
func (k *kernels) gemm(m, n, inner int, a, b matrix, c unsafe.Pointer, ldc int, add bool, scratch unsafe.Pointer) {
	for from := 0; from < inner; from += depth {
		terms := min(depth, inner-from)
		left := 0
		for _, p := range k.blocks {
			for n-left >= p.columns {
				k.panel(p, m, terms, from, left, p.columns, a, b, c, ldc, add || from > 0, scratch)
				left += p.columns
			}
		}
		if left < n {
			k.panel(k.blocks[len(k.blocks)-1], m, terms, from, left, n-left, a, b, c, ldc, add || from > 0, scratch)
		}
	}
}

// panel computes the columns from left on of one panel, terms from from on, and
// adds C where add is set.
func (k *kernels) panel(p panel, m, terms, from, left, columns int, a, b matrix, c unsafe.Pointer, ldc int, add bool, scratch unsafe.Pointer) {
	source, ldb := b.element(from, left), b.rows
	if b.column != 1 || columns < p.columns || m > directRows {
		pack(scratch, source, terms, columns, p.columns, b.rows, b.column)
		source, ldb = scratch, p.columns
	}
	acc := uint64(0)
	if add {
		acc = 1
	}
	whole := columns == p.columns
	block := unsafe.Add(scratch, depth*widest*4)
	at := 0
	for i, kernel := range p.kernels {
		for m-at >= kernel.rows && !(i == 0 && m-at == 2*p.kernels[1].rows) { // two even blocks are faster than a large and a small one
			if whole {
				kernel.run(terms, a.element(at, from), uintptr(a.rows*4), uintptr(a.column*4), source, uintptr(ldb*4),
					unsafe.Add(c, (at*ldc+left)*4), uintptr(ldc*4), acc)
			} else {
				edge(kernel, terms, a.element(at, from), a, source, ldb, unsafe.Add(c, (at*ldc+left)*4), ldc, acc, columns, p.columns, block)
			}
			at += kernel.rows
		}
	}
}

// edge computes a block with fewer columns than a panel has, by way of a whole
// one.
func edge(kernel block, terms int, from unsafe.Pointer, a matrix, b unsafe.Pointer, ldb int, c unsafe.Pointer, ldc int, acc uint64, columns, wide int, block unsafe.Pointer) {
	if acc != 0 {
		for r := range kernel.rows {
			copyFloats(unsafe.Add(block, r*wide*4), unsafe.Add(c, r*ldc*4), columns)
		}
	}
	kernel.run(terms, from, uintptr(a.rows*4), uintptr(a.column*4), b, uintptr(ldb*4), block, uintptr(wide*4), acc)
	for r := range kernel.rows {
		copyFloats(unsafe.Add(c, r*ldc*4), unsafe.Add(block, r*wide*4), columns)
	}
}

// pack copies terms rows of columns elements to rows of wide elements, zeros
// after them.
func pack(to, from unsafe.Pointer, terms, columns, wide, rowStride, columnStride int) {
	dst := unsafe.Slice((*float32)(to), terms*wide)
	if columns < wide {
		clear(dst)
	}
	if columnStride == 1 && columns == wide {
		packRows(to, from, terms, columns, rowStride)
		return
	}
	if columnStride == 1 {
		for t := range terms {
			copyFloats(unsafe.Pointer(&dst[t*wide]), unsafe.Add(from, t*rowStride*4), columns)
		}
		return
	}
	packTransposed(dst, from, terms, columns, wide, rowStride, columnStride)
}

// packTransposed is pack for columns that are not adjacent: four at a time, so
// that writes share cache lines.
func packTransposed(dst []float32, from unsafe.Pointer, terms, columns, wide, rowStride, columnStride int) {
	step := uintptr(rowStride * 4)
	column := 0
	for ; column+4 <= columns; column += 4 {
		p0 := unsafe.Add(from, column*columnStride*4)
		p1 := unsafe.Add(p0, columnStride*4)
		p2 := unsafe.Add(p1, columnStride*4)
		p3 := unsafe.Add(p2, columnStride*4)
		at := column
		for range terms {
			row := dst[at : at+4 : at+4]
			row[0], row[1], row[2], row[3] = *(*float32)(p0), *(*float32)(p1), *(*float32)(p2), *(*float32)(p3)
			p0, p1, p2, p3 = unsafe.Add(p0, step), unsafe.Add(p1, step), unsafe.Add(p2, step), unsafe.Add(p3, step)
			at += wide
		}
	}
	for ; column < columns; column++ {
		p := unsafe.Add(from, column*columnStride*4)
		for t := range terms {
			dst[t*wide+column] = *(*float32)(unsafe.Add(p, t*rowStride*4))
		}
	}
}

func copyFloats(to, from unsafe.Pointer, n int) {
	copy(unsafe.Slice((*float32)(to), n), unsafe.Slice((*float32)(from), n))
}

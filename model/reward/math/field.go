package math

import (
	"hash/fnv"
	"math/big"
	"math/bits"
)

// prime is 2^61 - 1. Identities of products that do not commute are tried in the integers
// modulo it, where nothing is rounded.
const prime = 1<<61 - 1

var bigPrime = big.NewInt(prime)

func addMod(a, b uint64) uint64 {
	if a += b; a >= prime {
		a -= prime
	}
	return a
}

func mulMod(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	_, rest := bits.Div64(high, low, prime)
	return rest
}

func inverseMod(a uint64) uint64 { // a^(prime-2)
	r := uint64(1)
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			r = mulMod(r, a)
		}
		a = mulMod(a, a)
	}
	return r
}

// ratMod is a rational number modulo prime; it is not ok if the denominator is a multiple.
func ratMod(r *big.Rat) (v uint64, ok bool) {
	over := new(big.Int).Mod(r.Num(), bigPrime).Uint64()
	under := new(big.Int).Mod(r.Denom(), bigPrime).Uint64()
	return mulMod(over, inverseMod(under)), under != 0
}

// drawMod is a number for a name and an index: the same whenever it is asked for.
func drawMod(name string, index byte) uint64 {
	h := fnv.New64a()
	h.Write([]byte{index})
	h.Write([]byte(name))
	return mix(h.Sum64()) % prime
}

// shape is what an element of a product without commutation is.
type shape byte

const (
	noShape shape = iota // no value
	scalar
	column
	row
	square
)

// element is a number, a vector or a matrix of three rows and columns, modulo prime.
type element struct {
	shape shape
	x     [9]uint64
}

func scalarOf(v uint64) element { return element{shape: scalar, x: [9]uint64{v}} }

func identity(v uint64) element {
	return element{shape: square, x: [9]uint64{0: v, 4: v, 8: v}}
}

func plus(a, b element) element {
	switch {
	case a.shape == scalar && a.x[0] == 0:
		return b
	case b.shape == scalar && b.x[0] == 0:
		return a
	case a.shape != b.shape:
		return element{}
	}
	for i := range a.x {
		a.x[i] = addMod(a.x[i], b.x[i])
	}
	return a
}

// product multiplies; two columns give their dot product.
func product(a, b element) element {
	switch {
	case a.shape == noShape || b.shape == noShape:
		return element{}
	case b.shape == scalar:
		a, b = b, a
		fallthrough
	case a.shape == scalar:
		for i := range b.x {
			b.x[i] = mulMod(a.x[0], b.x[i])
		}
		return b
	case a.shape != square && b.shape != square && (a.shape == row || b.shape == column):
		return scalarOf(dot(a, b))
	case a.shape == column: // by a row
		r := element{shape: square}
		for i := range 9 {
			r.x[i] = mulMod(a.x[i/3], b.x[i%3])
		}
		return r
	case b.shape == column:
		return times3(a, b, 1, column)
	case a.shape == row:
		return transposed(times3(transposed(b), transposed(a), 1, column))
	}
	return times3(a, b, 3, square)
}

func dot(a, b element) uint64 {
	total := uint64(0)
	for i := range 3 {
		total = addMod(total, mulMod(a.x[i], b.x[i]))
	}
	return total
}

func times3(a, b element, columns int, s shape) element {
	r := element{shape: s}
	for i := range 3 {
		for j := range columns {
			for k := range 3 {
				r.x[i*columns+j] = addMod(r.x[i*columns+j], mulMod(a.x[3*i+k], b.x[k*columns+j]))
			}
		}
	}
	return r
}

func transposed(a element) element {
	switch a.shape {
	case column:
		a.shape = row
	case row:
		a.shape = column
	case square:
		x := a.x
		for i := range 9 {
			a.x[i] = x[i%3*3+i/3]
		}
	}
	return a
}

// cofactor is that of row i and column j.
func cofactor(a element, i, j int) uint64 {
	at := func(i, j int) uint64 { return a.x[i%3*3+j%3] }
	minus := mulMod(at(i+1, j+2), at(i+2, j+1))
	return addMod(mulMod(at(i+1, j+1), at(i+2, j+2)), prime-minus)
}

// inverse is 1/a; it has no shape for vectors.
func inverse(a element) element {
	switch a.shape {
	case scalar:
		if a.x[0] == 0 {
			return element{}
		}
		return scalarOf(inverseMod(a.x[0]))
	case square:
		determinant := uint64(0)
		for j := range 3 {
			determinant = addMod(determinant, mulMod(a.x[j], cofactor(a, 0, j)))
		}
		if determinant == 0 {
			return element{}
		}
		r, over := element{shape: square}, inverseMod(determinant)
		for i := range 9 {
			r.x[i] = mulMod(over, cofactor(a, i%3, i/3))
		}
		return r
	}
	return element{}
}

// crossed is the cross product of two columns.
func crossed(a, b element) element {
	if a.shape != column || b.shape != column {
		return element{}
	}
	r := element{shape: column}
	for i := range 3 {
		j, k := (i+1)%3, (i+2)%3
		r.x[i] = addMod(mulMod(a.x[j], b.x[k]), prime-mulMod(a.x[k], b.x[j]))
	}
	return r
}

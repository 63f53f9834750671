package math

import (
	"hash/fnv"
	"sort"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// variables are the keys of the symbols of expressions, in order.
func variables(nodes ...*latex.Node) []string {
	seen := map[string]bool{}
	var collect func(n *latex.Node, index string)
	collect = func(n *latex.Node, index string) {
		n.Visited()
		if n.Kind == latex.Symbol {
			if key := n.Key(); key != index {
				seen[key] = true
			}
			return
		}
		if binds(n) {
			index = n.Args[0].Key() // of nested ones the outer index counts, and does no harm
		}
		for _, a := range n.Args {
			collect(a, index)
		}
	}
	for _, n := range nodes {
		collect(n, "")
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// ranges are where variables are drawn from: first where roots and logarithms are real,
// then larger, smaller and negative ones.
var ranges = [...][2]float64{{1, 3}, {0.1, 0.9}, {3, 12}, {-3, -0.2}, {0.5, 2}, {-1, 1}, {5, 40}, {-9, 9}}

// pointNumber gives the k-th point for those variables: the same for both sides of a
// comparison, and whenever it is asked for. Whole points have integers from 2 to 15, odd and
// even ones of up to three variables in all combinations.
func pointNumber(k int, names []string, whole bool) point {
	p := point{values: make(map[string]numeric.Number, len(names))}
	r := ranges[k%len(ranges)]
	for i, name := range names {
		h := fnv.New64a()
		h.Write([]byte{byte(k / 2)})
		h.Write([]byte(name))
		bits := mix(h.Sum64())
		if k%2 == 1 {
			bits = ^bits // a is above b where it was below
		}
		if whole {
			p.values[name] = numeric.Int(int64(2 + 2*(bits%7) + uint64(k>>(i%3)&1)))
			continue
		}
		p.values[name] = numeric.Float(r[0] + (r[1]-r[0])*float64(bits>>11)/(1<<53))
	}
	return p
}

// maxPointsAround bounds the points of pointsAround: of six numbers six multiples, and three
// steps from each.
const maxPointsAround = 6 * 6 * 3

// pointsAround are points where |x + c|, ⌊n/c⌋, max(x, c) and their like may change their
// form, for the numbers c of expressions with such functions; else none.
func pointsAround(names []string, whole bool, nodes ...*latex.Node) []point {
	bends, numbers := false, []int64{1}
	for _, n := range nodes {
		n.Walk(func(m *latex.Node) bool {
			switch {
			case m.Kind == latex.Call && bending[m.Name]:
				bends = true
			case m.Kind == latex.Number && m.Num.IsInt() && m.Num.Num().IsInt64() && len(numbers) < 6:
				if c := m.Num.Num().Int64(); c > 1 && c < 1e6 {
					numbers = append(numbers, c)
				}
			}
			return true
		})
	}
	if !bends {
		return nil
	}
	multiples := []float64{-40, -1.7, -1, 1, 2.3, 40}
	if whole {
		multiples = []float64{1, 2, 3}
	}
	var list []point
	for _, c := range numbers {
		for _, t := range multiples {
			for step := range 3 {
				p := point{values: make(map[string]numeric.Number, len(names))}
				for i, name := range names {
					v := t*float64(c) + float64((step+i)%3)*max(1, float64(c)/3) // at c, and above
					if whole {
						v = t*float64(c) + float64((step+i)%3)
					}
					p.values[name] = numeric.Float(v)
				}
				list = append(list, p)
			}
		}
	}
	return list
}

// complexPoints are points with complex values of z and w in expressions with their absolute
// values, conjugates or parts: |z|² is not z².
func complexPoints(names []string, nodes ...*latex.Node) []point {
	found := false
	for _, n := range nodes {
		n.Walk(func(m *latex.Node) bool {
			if m.Kind == latex.Call && (m.Name == "abs" || m.Name == "conj" || m.Name == "re" || m.Name == "im") {
				found = found || !m.Args[0].Walk(func(k *latex.Node) bool { return k.Kind != latex.Symbol || k.Name != "z" && k.Name != "w" })
			}
			return !found
		})
	}
	if !found {
		return nil
	}
	var list []point
	for k := range 2 {
		p := pointNumber(k, names, false)
		p.imaginary = true
		for i, name := range names {
			if name == symbolKey("z") || name == symbolKey("w") {
				p.values[name] = numeric.Add(p.values[name], numeric.Mul(numeric.I(), numeric.Float(0.75+float64(i))))
			}
		}
		list = append(list, p)
	}
	return list
}

func symbolKey(name string) string { return (&latex.Node{Kind: latex.Symbol, Name: name}).Key() }

// bending are functions that are put together of several forms.
var bending = map[string]bool{"abs": true, "max": true, "min": true, "floor": true, "ceil": true, "mod": true, "gcd": true, "lcm": true}

// mix spreads the bits of a hash (the finalizer of SplitMix64).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// needsWhole says whether an expression has values at integers only, or is written for
// integers: (-1)^n, and ⌊n/2⌋ where ⌊x/2⌋ is not.
func needsWhole(n *latex.Node) bool {
	return !n.Walk(func(m *latex.Node) bool {
		switch {
		case m.Kind == latex.Power:
			return unsigned(m.Args[0]).Kind != latex.Number || m.Args[0].Kind != latex.Negative || !forIntegers(m.Args[1])
		case m.Kind != latex.Call:
			return true
		}
		switch m.Name {
		case "!", "!!", "binom", "gcd", "lcm", "mod":
			return len(variables(m)) == 0
		case "sum", "prod":
			return len(variables(m.Args[1], m.Args[2])) == 0
		case "floor", "ceil":
			return !forIntegers(m)
		}
		return true
	})
}

// forIntegers says whether an expression has variables, and all are letters from i to n,
// which stand for integers by custom.
func forIntegers(n *latex.Node) bool {
	whole, found := true, false
	n.Walk(func(m *latex.Node) bool {
		if m.Kind == latex.Symbol {
			found = true
			whole = whole && m.Name[0] >= 'i' && m.Name[0] <= 'n'
		}
		return whole
	})
	return whole && found
}

package math

import (
	"slices"
	"strings"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// declared are the keys of the variables of which an answer says that they are integers, and
// those of which it says that they are in another set of numbers.
func declared(nodes ...*latex.Node) (integers, others map[string]bool) {
	integers, others = map[string]bool{}, map[string]bool{}
	for _, n := range nodes {
		n.Walk(func(m *latex.Node) bool {
			if unconditional(m) && m.Args[0].Kind == latex.Symbol {
				if set := m.Args[1].Name; set[len(set)-1] == 'Z' {
					integers[m.Args[0].Key()] = true
				} else {
					others[m.Args[0].Key()] = true
				}
			}
			return true
		})
	}
	return integers, others
}

// otherSets says whether two answers say of their variables that they are in different sets of
// numbers: k ∈ ℕ is not k ∈ ℤ.
func otherSets(a, g *latex.Node) bool {
	var sets [2][]string
	for i, n := range [...]*latex.Node{a, g} {
		if n.Kind != latex.List && n.Kind != latex.Set {
			return false
		}
		for _, m := range n.Args {
			if unconditional(m) && m.Args[0].Kind == latex.Symbol {
				sets[i] = append(sets[i], strings.TrimPrefix(m.Args[1].Name, `\`))
			}
		}
	}
	return len(difference(sets[0], sets[1])) > 0 && len(difference(sets[1], sets[0])) > 0
}

// difference are the keys in a that are not in b.
func difference(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(key string) bool { return slices.Contains(b, key) })
}

// renamed gives an answer the names of the gold answer for a parameter that one of them says
// is an integer, or for constants of integration, if that is the only difference of their
// variables.
func (c *comparison) renamed(a, g *latex.Node) []*latex.Node {
	integers, others := declared(a, g)
	all, wanted := parameters(a), parameters(g)
	mine, theirs := difference(all, wanted), difference(wanted, all)
	constants := slices.DeleteFunc(slices.Clone(wanted), func(key string) bool { return !isConstantName(key) })
	switch {
	case len(mine) != len(theirs) || len(mine) > 3 || len(constants) > 3:
		return nil
	case len(mine) == 1 && (integers[mine[0]] || others[mine[0]] || integers[theirs[0]] || others[theirs[0]]):
	case len(mine) == 1 && g.Has(latex.Relation) && isPeriodic(a, mine[0]) && isPeriodic(g, theirs[0]):
	case len(mine) > 1 && (isSubset(mine, others) || isSubset(theirs, others)): // constants m, b
	case !slices.ContainsFunc(wanted, isUnknown):
		return nil
	case len(mine) == 0 && len(constants) > 1: // the other way round
		mine, theirs = constants, constants
	case len(mine) == 0 || !areConstants(mine) || !areConstants(theirs) || len(mine) == 1 && sameLetter(mine[0], theirs[0]):
		return nil
	}
	var list []*latex.Node
	for _, order := range orders(len(mine)) {
		n := a
		for i, k := range order {
			n = rename(n, mine[i], symbolOf(theirs[k]+"′"))
		}
		for _, key := range theirs {
			n = rename(n, symbolOf(key+"′").Key(), symbol(g, key))
		}
		list = append(list, n)
	}
	return list
}

func isSubset(keys []string, of map[string]bool) bool {
	return !slices.ContainsFunc(keys, func(key string) bool { return !of[key] })
}

// parameters are the variables of an answer without the sets that it says they are in, and
// without the name that an equation gives to its value.
func parameters(n *latex.Node) []string {
	var values []*latex.Node
	for _, a := range elements(n) {
		if a.Kind == latex.Relation && len(a.Args) == 2 && a.Ops[0] == "=" && (a.Args[0].Kind == latex.Symbol || a.Args[0].Kind == latex.Tuple) {
			a = a.Args[1]
		}
		values = append(values, a)
	}
	return slices.DeleteFunc(variables(values...), func(key string) bool {
		s := symbol(n, key)
		return s != nil && s.Name[0] == '\\' && latex.IsNumberSet(s.Name)
	})
}

// isUnknown says whether a key is that of the variable of a function.
func isUnknown(key string) bool {
	return slices.ContainsFunc([]string{"x", "y", "z", "t", "u", "s", "r", "n", `\theta`}, func(name string) bool { return key == symbolKey(name) })
}

// sameLetter says whether two keys are one letter with two numbers, as C_1 and C_2.
func sameLetter(a, b string) bool {
	x, _, numbered := strings.Cut(a, "_")
	y, _, numberedToo := strings.Cut(b, "_")
	return numbered && numberedToo && x == y
}

func symbolOf(name string) *latex.Node { return &latex.Node{Kind: latex.Symbol, Name: name} }

// symbol is the symbol of a key in an expression.
func symbol(n *latex.Node, key string) (found *latex.Node) {
	n.Walk(func(m *latex.Node) bool {
		if m.Kind == latex.Symbol && m.Key() == key {
			found = m
		}
		return found == nil
	})
	return found
}

// orders are the permutations of n numbers.
func orders(n int) [][]int {
	switch n {
	case 1:
		return [][]int{{0}}
	case 2:
		return [][]int{{0, 1}, {1, 0}}
	}
	return [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
}

// isPeriodic says whether a letter for integers stands beside π or ° as in kπ and n·180°.
func isPeriodic(n *latex.Node, key string) bool {
	for letter := 'j'; letter <= 'n'; letter++ {
		if key == symbolKey(string(letter)) {
			return n.Has(latex.Degrees) || !n.Walk(func(m *latex.Node) bool { return m.Kind != latex.Constant || m.Name != "pi" })
		}
	}
	return false
}

// integrationConstants are letters for constants; C, with a number or not, is one beyond doubt.
var integrationConstants = []string{"C", "C_0", "C_1", "C_2", "C_3", "c", "c_0", "c_1", "c_2", "c_3", "A", "B", "D", "K", "k", "k_1", "k_2", "K_1", "K_2", "A_1", "A_2"}

func isConstantName(key string) bool {
	return slices.ContainsFunc(integrationConstants, func(name string) bool { return key == symbolKey(name) })
}

// areConstants says whether all keys are those of letters for constants.
func areConstants(keys []string) bool {
	return !slices.ContainsFunc(keys, func(key string) bool { return !isConstantName(key) })
}

// antiderivatives says whether two expressions with a constant of integration C differ by a
// constant only.
func (c *comparison) antiderivatives(a, g *latex.Node) bool {
	x, okX := withoutC(a)
	y, okY := withoutC(g)
	if !okX || !okY {
		return false
	}
	names := variables(x, y)
	if len(names) != 1 || len(variables(x)) == 0 || len(variables(y)) == 0 {
		return false
	}
	var constant numeric.Number
	agreed := 0
	for k := 0; k < 12 && agreed < 4; k++ {
		p := pointNumber(k, names, false)
		mine, theirs := c.value(x, p), c.value(y, p)
		d := numeric.Sub(mine, theirs)
		if theirs.Defined() && !mine.Defined() {
			return false
		} else if !d.Defined() {
			continue
		}
		if agreed > 0 && !numeric.Equal(d, constant) && !tiny(numeric.Sub(d, constant)) {
			return false
		}
		constant = d
		agreed++
	}
	return agreed > 2
}

// withoutC takes the term C from a sum in which it stands once.
func withoutC(n *latex.Node) (rest *latex.Node, ok bool) {
	if n.Kind != latex.Sum {
		return nil, false
	}
	isTerm := func(a *latex.Node) bool { return unsigned(a).Kind == latex.Symbol && unsigned(a).Name == "C" }
	rest = latex.New(latex.Sum, slices.DeleteFunc(slices.Clone(n.Args), isTerm)...)
	return rest, len(rest.Args) == len(n.Args)-1 && !slices.Contains(variables(rest), symbolKey("C"))
}

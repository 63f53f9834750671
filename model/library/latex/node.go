// Package latex reads mathematical answers, in LaTeX, plain text or a mixture, as trees.
//
// It reads what people and models write rather than what TeX accepts: \frac12, 3/4, 1 1/2,
// sqrt(2), x^{10}, √3, [1,2)∪(3,∞), x=1 or x=2, 12{,}345 \text{ cm}^2. Parse says that it
// cannot read the rest (prose, unbalanced brackets, too deep a nesting).
package latex

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"temper/model/library/budget"
)

// Kind is the kind of a node.
type Kind uint8

// The kinds of nodes.
const (
	Number    Kind = iota // Num; Decimals digits after the point, or -1
	Symbol                // a variable, Name with its subscript
	Constant              // Name is π, e, i or ∞
	Text                  // words, Name in normal form
	Sum                   // Args added
	Product               // Args multiplied
	Quotient              // Args[0] / Args[1]
	Power                 // Args[0] ^ Args[1]
	Negative              // -Args[0]
	PlusMinus             // Args[0] ± Args[1], Name is ± or ∓
	Call                  // the function Name of Args
	Quantity              // Args[0] with the unit Name, of Things, with the Remark
	Percent               // Args[0] %
	Degrees               // Args[0] °
	Based                 // digits Name in base Num
	Tuple                 // Args in the brackets Open and Close: a tuple, point or interval
	Set                   // {Args}
	List                  // Args that no brackets hold together; Name is "or", "and", ",", "∨" or "∧"
	Matrix                // Rows rows of Args
	Relation              // Args[0] Ops[0] Args[1] Ops[1] …
	Region                // a union, intersection or difference of Args; Name is ∪, ∩ or ∖
	Cases                 // values and their conditions in turn; a condition is a Relation, a List of them, a Call even or odd, or Text
)

// Node is a part of an answer. Nodes do not change once parsed, but who walks over them
// spends the budget that they were parsed with.
type Node struct {
	Kind        Kind
	Name        string
	Num         *big.Rat
	Decimals    int
	Mixed       bool // a mixed number such as 1½, as a Number
	Grouped     bool // a number written with commas between thousands
	Open, Close string
	Things      string // of a quantity: known words for what is counted
	Remark      string // of a quantity: words that are not known, which are a part of it
	Rows        int
	Ops         []string
	Args        []*Node
	Marked      bool // a symbol that is bold, or has an arrow or a hat: a vector or an operator
	Ordered     bool // a symbol whose products with others do not commute
	Parens      bool // round brackets stand around it

	budget *budget.Budget
}

// Key is a text that is equal for nodes that are written alike.
func (n *Node) Key() string {
	var b strings.Builder
	n.write(&b, n.budget)
	return b.String()
}

// What is spent on a node.
const (
	visitSteps = 1
	keySteps   = 6
	keyBytes   = 32 // a builder's text is copied as it grows
	nodeSteps  = 12 // to make one
	nodeBytes  = 200
)

func (n *Node) write(b *strings.Builder, pays *budget.Budget) {
	if n.budget != nil {
		pays = n.budget
	}
	pays.Spend(keySteps+numberSteps(n.Num)+len(n.Name)/8, keyBytes+8*digits(n.Num)+3*len(n.Name))
	b.WriteByte('(')
	b.WriteString(strconv.Itoa(int(n.Kind)))
	b.WriteByte(' ')
	if n.Num != nil {
		b.WriteString(n.Num.RatString())
	}
	b.WriteString(n.Name + n.Open + n.Close + n.Things + n.Remark)
	if n.Kind == Matrix {
		b.WriteString(strconv.Itoa(n.Rows))
	}
	for i, a := range n.Args {
		if i < len(n.Ops)+1 && i > 0 && len(n.Ops) > 0 {
			b.WriteString(n.Ops[i-1])
		}
		a.write(b, pays)
	}
	b.WriteByte(')')
}

// numberSteps is what it takes to write a number: its digits are found by division.
func numberSteps(r *big.Rat) int {
	if r == nil {
		return 0
	}
	words := (r.Num().BitLen() + r.Denom().BitLen()) / 64
	return 30 + 12*words + words*words/24
}

// digits bounds the digits of a number.
func digits(r *big.Rat) int {
	if r == nil {
		return 0
	}
	return 20 + (r.Num().BitLen()+r.Denom().BitLen())/3
}

// Walk calls visit for n and all nodes below it, until visit says false.
func (n *Node) Walk(visit func(*Node) bool) bool { return n.walk(visit, n.budget) }

func (n *Node) walk(visit func(*Node) bool, pays *budget.Budget) bool {
	if n.budget != nil {
		pays = n.budget
	}
	pays.Spend(visitSteps, 0)
	if !visit(n) {
		return false
	}
	for _, a := range n.Args {
		if !a.walk(visit, pays) {
			return false
		}
	}
	return true
}

// Visited spends a visit to n, of who walks over a tree in another way than Walk does.
func (n *Node) Visited() { n.budget.Spend(visitSteps, 0) }

// paidBy makes a budget pay for a tree and all that is done with it.
func (n *Node) paidBy(b *budget.Budget) {
	if b == nil || n.budget == b {
		return
	}
	b.Spend(visitSteps, 0)
	n.budget = b
	for _, a := range n.Args {
		a.paidBy(b)
	}
}

// Has says whether a node of that kind is in the tree.
func (n *Node) Has(kinds ...Kind) bool {
	return !n.Walk(func(m *Node) bool {
		for _, k := range kinds {
			if m.Kind == k {
				return false
			}
		}
		return true
	})
}

// Scalar says whether the node is an expression of numbers and variables. The argument of
// P(A ∪ B) and P(X = 2) may be none.
func (n *Node) Scalar() bool {
	switch n.Kind {
	case Text, Based, Tuple, Set, List, Matrix, Relation, Region, Cases:
		return false
	}
	n.Visited()
	for _, a := range n.Args {
		if !a.Scalar() && (n.Kind != Call || !a.isEvent()) {
			return false
		}
	}
	return true
}

func (n *Node) isEvent() bool { return n.Kind == Region || n.Kind == Relation }

// OfEvents says whether a call has an event as an argument.
func (n *Node) OfEvents() bool { return n.Kind == Call && slices.ContainsFunc(n.Args, (*Node).isEvent) }

// Unary and binary nodes, for code that takes trees apart and builds new ones.

// New makes a node of a kind with arguments.
func New(kind Kind, args ...*Node) *Node {
	n := &Node{Kind: kind, Args: args}
	for _, a := range args {
		if a.budget != nil {
			n.budget = a.budget
			n.budget.Spend(nodeSteps, nodeBytes)
			break
		}
	}
	return n
}

// Copy is the node with its own copies of the arguments, which f makes.
func (n *Node) Copy(f func(*Node) *Node) *Node {
	n.budget.Spend(nodeSteps, nodeBytes+8*len(n.Args))
	m := *n
	m.Args = make([]*Node, len(n.Args))
	for i, a := range n.Args {
		m.Args[i] = f(a)
	}
	return &m
}

// NewNumber makes the number r.
func NewNumber(r *big.Rat) *Node { return &Node{Kind: Number, Num: r, Decimals: -1} }

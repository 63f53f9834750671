package pattern

import (
	"errors"
	"fmt"
)

// instruction is one state of the matcher. A state that can be come to again at
// one place by another way has a number, memo, under which its failure is remembered.
type instruction struct {
	op       op
	negative bool
	anchor   anchor
	next     int
	other    int      // split: tried after next; look, atomic: where the inner pattern begins
	set      classSet // what one, loop and run take
	// first and otherFirst are the classes that next and other can begin with.
	first, otherFirst classSet
	behind            [][]classSet
	memo              int
	repeats           bool // split: the body of a repeat leads back to it
}

type op uint8

const (
	opMatch  op = iota
	opOne       // one character of set
	opSplit     // next, and if that fails other
	opLoop      // as many of set as lead on to a match
	opRun       // all of set that come next
	opLook      // whether the inner pattern matches here
	opBehind    // whether one of behind comes before
	opAtomic    // the first match of the inner pattern
	opAnchor
)

// matched is the state in which a pattern has matched.
const matched = 0

// maxCode bounds the states of a pattern: a{1,n} has n copies of a.
const maxCode = 20_000

type compiler struct {
	*Pattern
	sets []classSet // by the numbers of nodes
}

func (p *Pattern) compile(tree node) error {
	sets := []runeSet{bareWord()}
	number(&tree, &sets)
	table, classes, err := classify(sets)
	if err != nil {
		return err
	}
	p.classes, p.word = table, classes[0]
	c := &compiler{Pattern: p, sets: classes}
	c.add(instruction{op: opMatch})
	p.start, p.first, err = c.node(&tree, matched, everything)
	for b := range p.begins {
		p.begins[b] = p.first.has(table.ascii[b])
	}
	return err
}

// number gives every set of the tree its number.
func number(n *node, sets *[]runeSet) {
	if n.kind == oneOf {
		n.number = len(*sets)
		*sets = append(*sets, n.set)
	}
	for i := range n.sub {
		number(&n.sub[i], sets)
	}
	if n.kind == behind {
		n.number = len(*sets)
		for _, text := range n.behind {
			*sets = append(*sets, text...)
		}
	}
}

func (c *compiler) add(i instruction) int {
	c.code = append(c.code, i)
	return len(c.code) - 1
}

// remembered adds an instruction whose failures are remembered.
func (c *compiler) remembered(i instruction) int {
	i.memo = c.memos
	c.memos++
	return c.add(i)
}

// node compiles n so that it leads on to next, which can begin with the classes of
// follow. It returns where n begins and what it can begin with.
func (c *compiler) node(n *node, next int, follow classSet) (start int, first classSet, err error) {
	if len(c.code) > maxCode {
		return 0, first, fmt.Errorf("it has more than %d states", maxCode)
	}
	switch n.kind {
	case oneOf:
		set := c.sets[n.number]
		return c.add(instruction{op: opOne, set: set, next: next}), set, nil
	case concat:
		for i := len(n.sub) - 1; i >= 0; i-- {
			if next, follow, err = c.node(&n.sub[i], next, follow); err != nil {
				return 0, first, err
			}
		}
		return next, follow, nil
	case alternate:
		last := len(n.sub) - 1
		start, first, err = c.node(&n.sub[last], next, follow)
		for i := last - 1; i >= 0 && err == nil; i-- {
			var branch int
			var begins classSet
			branch, begins, err = c.node(&n.sub[i], next, follow)
			start, first = c.split(branch, begins, start, first)
		}
		return start, first, err
	case repeat:
		return c.repeat(n, next, follow)
	case look, atomic:
		return c.inner(n, next, follow)
	case behind:
		i := instruction{op: opBehind, negative: n.negative, next: next}
		at := n.number
		for _, text := range n.behind {
			i.behind = append(i.behind, c.sets[at:at+len(text)])
			at += len(text)
		}
		return c.add(i), follow, nil
	}
	return c.add(instruction{op: opAnchor, anchor: n.anchor, next: next}), follow, nil
}

func (c *compiler) split(next int, first classSet, other int, otherFirst classSet) (int, classSet) {
	i := instruction{op: opSplit, next: next, first: first, other: other, otherFirst: otherFirst}
	if first.disjoint(otherFirst) {
		return c.add(i), first.union(otherFirst)
	}
	return c.remembered(i), first.union(otherFirst)
}

// inner compiles a look-ahead or an atomic group, whose pattern is matched by itself.
func (c *compiler) inner(n *node, next int, follow classSet) (start int, first classSet, err error) {
	sub := &n.sub[0]
	if n.kind == atomic && sub.kind == repeat && sub.mode == greedy && sub.sub[0].kind == oneOf && sub.max == unbounded {
		return c.copies(sub, next, follow, func(int, classSet) (int, classSet, error) {
			set := c.sets[sub.sub[0].number]
			return c.remembered(instruction{op: opRun, set: set, next: next}), set.union(follow), nil
		})
	}
	inside, begins, err := c.node(sub, matched, everything)
	if err != nil {
		return 0, first, err
	}
	if n.kind == look {
		return c.add(instruction{op: opLook, negative: n.negative, other: inside, next: next}), follow, nil
	}
	return c.remembered(instruction{op: opAtomic, other: inside, next: next}), begins, nil
}

// copies compiles the repeats of n that must be, before what rest compiles.
func (c *compiler) copies(n *node, next int, follow classSet, rest func(int, classSet) (int, classSet, error)) (start int, first classSet, err error) {
	start, first, err = rest(next, follow)
	for i := 0; i < n.min && err == nil; i++ {
		start, first, err = c.node(&n.sub[0], start, first)
	}
	return start, first, err
}

func (c *compiler) repeat(n *node, next int, follow classSet) (start int, first classSet, err error) {
	body := &n.sub[0]
	if n.max == unbounded && body.nullable() {
		if body.kind != repeat || body.min > 0 || body.max != unbounded && body.max != 1 || body.mode != greedy || n.mode != greedy {
			return 0, first, errors.New("what is repeated without a bound can be empty")
		}
		n = &node{kind: repeat, sub: body.sub, max: unbounded} // (a*)* and (a?)* are a*
		body = &n.sub[0]
	}
	return c.copies(n, next, follow, func(next int, follow classSet) (start int, first classSet, err error) {
		switch {
		case n.max == unbounded && n.mode == greedy && body.kind == oneOf:
			set := c.sets[body.number]
			i := instruction{op: opLoop, set: set, next: next, first: follow}
			if set.disjoint(follow) { // to give some back would not help
				i.op = opRun
			}
			return c.remembered(i), set.union(follow), nil
		case n.max == unbounded:
			return c.star(n, next, follow)
		}
		start, first = next, follow
		for range n.max - n.min {
			branch, begins, err := c.node(body, start, first)
			if err != nil {
				return 0, first, err
			}
			start, first = c.either(n.mode, branch, begins, next, follow)
		}
		return start, first, nil
	})
}

// star compiles any number of repeats: a split that the body leads back to.
func (c *compiler) star(n *node, next int, follow classSet) (int, classSet, error) {
	at := c.remembered(instruction{op: opSplit, repeats: true})
	start, begins, err := c.node(&n.sub[0], at, everything)
	i := &c.code[at]
	i.next, i.first, i.other, i.otherFirst = start, begins, next, follow
	if n.mode == lazy {
		i.next, i.first, i.other, i.otherFirst = next, follow, start, begins
	}
	return at, begins.union(follow), err
}

// either is a split between one more repeat and what comes after.
func (c *compiler) either(m mode, more int, begins classSet, next int, follow classSet) (int, classSet) {
	if m == lazy {
		return c.split(next, follow, more, begins)
	}
	return c.split(more, begins, next, follow)
}

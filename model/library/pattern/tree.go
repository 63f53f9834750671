package pattern

// node is a part of a pattern.
type node struct {
	kind     kind
	set      runeSet // oneOf
	sub      []node  // concat, alternate; one for repeat, look, atomic
	min, max int     // repeat; max is unbounded where there is none
	mode     mode    // repeat
	negative bool    // look, behind
	anchor   anchor
	// behind are the texts, each as the sets of its characters, that may come before a place.
	behind [][]runeSet

	number int // of set among the sets of the pattern, given by compile
}

type kind uint8

const (
	concat kind = iota // the empty concat matches the empty text
	oneOf
	alternate
	repeat
	look
	behind
	atomic
	anchored
)

type mode uint8

const (
	greedy mode = iota
	lazy
	possessive
)

const unbounded = -1

type anchor uint8

const (
	lineStart   anchor = iota // ^
	lineEnd                   // $
	textStart                 // \A
	textEnd                   // \z
	lastLineEnd               // \Z
	boundary                  // \b
	noBoundary                // \B
)

// nullable tells whether n can match the empty text.
func (n *node) nullable() bool {
	switch n.kind {
	case oneOf:
		return false
	case concat:
		for i := range n.sub {
			if !n.sub[i].nullable() {
				return false
			}
		}
		return true
	case alternate:
		for i := range n.sub {
			if n.sub[i].nullable() {
				return true
			}
		}
		return false
	case repeat:
		return n.min == 0 || n.sub[0].nullable()
	case atomic:
		return n.sub[0].nullable()
	}
	return true // look-around and anchors
}

// texts returns n as alternatives of one character after another, for a
// look-behind; ok is false where n has no such form.
func (n *node) texts() (all [][]runeSet, ok bool) {
	switch n.kind {
	case oneOf:
		return [][]runeSet{{n.set}}, true
	case alternate:
		for i := range n.sub {
			texts, ok := n.sub[i].texts()
			if !ok {
				return nil, false
			}
			all = append(all, texts...)
		}
		return all, true
	case concat:
		all = [][]runeSet{nil}
		for i := range n.sub {
			texts, ok := n.sub[i].texts()
			if !ok {
				return nil, false
			}
			all = product(all, texts)
			if len(all) > maxBehind {
				return nil, false
			}
		}
		return all, true
	case repeat:
		if n.min != n.max || n.min > maxBehind {
			return nil, false
		}
		copies := node{kind: concat}
		for range n.min {
			copies.sub = append(copies.sub, n.sub[0])
		}
		return copies.texts()
	}
	return nil, false
}

// maxBehind bounds the alternatives and the repeats of a look-behind.
const maxBehind = 64

func product(left, right [][]runeSet) (all [][]runeSet) {
	for _, l := range left {
		for _, r := range right {
			all = append(all, append(append([]runeSet(nil), l...), r...))
		}
	}
	return all
}

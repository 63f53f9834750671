// Package pattern matches regular expressions with look-around in a time that is
// proportional to the length of the text.
//
// The dialect is that of Oniguruma with Ruby's syntax, which Hugging Face's
// tokenizers use for the patterns of a tokenizer.json: classes with nesting,
// ranges and && ([a-z&&[^aeiou]]), \p{…} and POSIX brackets, \d \s \w \h \R and
// their opposites, greedy, lazy and possessive quantifiers, (?:…), (?i:…) with
// the options i, m and x, (?=…), (?!…), atomic groups (?>…), (?<=…) and (?<!…)
// over texts of a fixed length, and the anchors ^ $ \A \z \Z \b \B. Of several
// matches at one place the first in the order of the pattern counts, as in Perl.
// Groups do not capture, so there are no back references. Case is folded
// character by character: ß is not ss.
//
// Package regexp lacks look-around and possessive quantifiers. The engines for Go
// that have them (github.com/dlclark/regexp2, with which the tests compare) try
// one way after another without remembering what failed, so that (a|a)*b takes
// 2^n steps on n characters, and they stop it by the clock, so that the result
// would depend on the machine. Here the place and state of every failure are
// remembered and no state is tried twice at one place. Only what an atomic group
// matches can be gone through again from another place; that is bounded by a
// count of steps (see Each).
package pattern

import (
	"fmt"
	"slices"
	"sync"
	"unicode/utf8"
)

// Pattern is a compiled regular expression. It is safe for concurrent use.
type Pattern struct {
	source string
	code   []instruction
	start  int
	first  classSet            // the classes of characters that a match can begin with
	begins [utf8.RuneSelf]bool // first, for the characters below U+0080
	// classes says which characters no part of the pattern tells apart.
	classes *classTable
	word    classSet // \w, for \b
	memos   int      // how many states are remembered at each place
	pool    sync.Pool
}

// Compile reads a pattern. The error says what in it is wrong or not supported.
func Compile(source string) (*Pattern, error) {
	if !utf8.ValidString(source) {
		return nil, fmt.Errorf("%q is not UTF-8", source)
	}
	tree, err := parse(source)
	if err != nil {
		return nil, err
	}
	p := &Pattern{source: source}
	if err := p.compile(tree); err != nil {
		return nil, err
	}
	p.pool.New = func() any { return &matcher{Pattern: p, marked: -1} }
	return p, nil
}

// String is what Compile was given.
func (p *Pattern) String() string { return p.source }

// The steps that Each may take: so many for each byte and state, and so many for each byte.
const (
	stepsPerState = 16
	stepsPerByte  = 2 * quickSteps
)

// Each calls yield with the bounds of each match in text, from left to right. A
// match is looked for from the end of the one before it; an empty match directly
// after another is left out. A stray byte counts as U+FFFD.
//
// It is an error if the search takes more steps than 16 for each byte of the text
// and each state of the pattern, and 256 for each byte: a pattern that repeats an
// atomic group can need more.
func (p *Pattern) Each(text string, yield func(start, end int)) error {
	m := p.pool.Get().(*matcher)
	defer func() {
		m.forget()
		p.pool.Put(m)
	}()
	m.text, m.limit = text, (len(text)+64)*(stepsPerState*(len(p.code)+1)+stepsPerByte)
	pages := len(text)>>pageShift + 1
	m.pages = slices.Grow(m.pages[:0], pages)[:pages] // all nil: forget frees them
	last := -1
	for pos := 0; pos <= len(text); {
		start, end, found := m.search(pos)
		if m.steps > m.limit {
			return fmt.Errorf("%s takes more than %d steps on a text of %d bytes", p.source, m.limit, len(text))
		}
		if !found {
			break
		}
		if start == end && end == last {
			if pos = end + 1; end < len(text) {
				_, size := utf8.DecodeRuneInString(text[end:])
				pos = end + size
			}
			continue
		}
		yield(start, end)
		pos, last = end, end
	}
	return nil
}

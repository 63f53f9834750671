package pattern

import "unicode/utf8"

// matcher is one search. A state's failure at a place is a bit in pages, which
// are made when they are first written and reused once the search is past them.
type matcher struct {
	*Pattern
	text         string
	stack        []frame
	pages        [][]uint64 // by place >> pageShift
	freed        [][]uint64
	passed       int // pages before this one are freed
	marked       int // no bit is set beyond this place
	steps, limit int
	// remember is the count of steps from which failures are remembered: what is
	// found out in fewer is as quick to find out again.
	remember int
}

const quickSteps = 128

const pageShift = 8 // places in a page

// frame is something to try if what was tried after it fails.
type frame struct {
	kind  frameKind
	pc    int32
	pos   int // split: the place; loop: where the loop began
	until int // loop, run: how far it went
}

type frameKind uint8

const (
	trySplit frameKind = iota // the other way of a split is left
	tried                     // both ways were tried
	tryLoop                   // the loop can give back a character
	ranOut                    // a run gives nothing back
)

// Two bits for a state at a place: that it fails or is in use, and, within a
// look-ahead, that it succeeds.
const (
	fails = iota
	succeeds
	memoBits
)

func (m *matcher) bit(memo, pos, which int) (page, word int, mask uint64) {
	i := (pos&(1<<pageShift-1))*m.memos*memoBits + memo*memoBits + which
	return pos >> pageShift, i >> 6, 1 << (i & 63)
}

func (m *matcher) known(memo, pos, which int) bool {
	if pos > m.marked {
		return false
	}
	page, word, mask := m.bit(memo, pos, which)
	bits := m.pages[page]
	return bits != nil && bits[word]&mask != 0
}

func (m *matcher) set(memo, pos, which int) {
	page, word, mask := m.bit(memo, pos, which)
	if m.pages[page] == nil {
		if last := len(m.freed) - 1; last >= 0 {
			m.pages[page], m.freed = m.freed[last], m.freed[:last]
			clear(m.pages[page])
		} else {
			m.pages[page] = make([]uint64, m.memos*memoBits<<pageShift>>6+1)
		}
	}
	m.marked = max(m.marked, pos)
	m.pages[page][word] |= mask
}

func (m *matcher) unset(memo, pos, which int) {
	if m.known(memo, pos, which) {
		page, word, mask := m.bit(memo, pos, which)
		m.pages[page][word] &^= mask
	}
}

// forget makes the matcher ready for another text.
func (m *matcher) forget() {
	m.free(len(m.pages))
	m.passed, m.marked, m.steps, m.text = 0, -1, 0, ""
}

// free gives up the pages before one.
func (m *matcher) free(before int) {
	for ; m.passed < before; m.passed++ {
		if page := m.pages[m.passed]; page != nil {
			m.freed = append(m.freed, page)
			m.pages[m.passed] = nil
		}
	}
}

// search finds the first match that begins at or after from.
func (m *matcher) search(from int) (start, end int, found bool) {
	for pos := from; ; {
		for pos < len(m.text) && m.text[pos] < utf8.RuneSelf && !m.begins[m.text[pos]] {
			pos++
		}
		m.free(pos >> pageShift)
		class, size := m.classAt(pos)
		if m.first.has(class) {
			m.remember = m.steps + quickSteps
			if end, ok := m.run(m.start, pos, false); ok || m.steps > m.limit {
				return pos, end, ok
			}
		}
		if pos == len(m.text) {
			return 0, 0, false
		}
		pos += size
	}
}

// classAt returns the class and the length of the character at pos, atEnd at the end.
func (m *matcher) classAt(pos int) (class uint8, size int) {
	if pos == len(m.text) {
		return atEnd, 0
	}
	if b := m.text[pos]; b < utf8.RuneSelf {
		return m.classes.ascii[b], 1
	}
	r, size := utf8.DecodeRuneInString(m.text[pos:])
	return m.classes.of(r), size
}

func (m *matcher) classBefore(pos int) (class uint8, size int) {
	if pos == 0 {
		return atEnd, 0
	}
	r, size := utf8.DecodeLastRuneInString(m.text[:pos])
	return m.classes.of(r), size
}

// run matches from the state pc at pos and returns where the match ends. In a
// look-ahead, where that does not count, known successes are used.
func (m *matcher) run(pc, pos int, lookAhead bool) (end int, ok bool) {
	base := len(m.stack)
	for m.steps <= m.limit {
		m.steps++
		i := &m.code[pc]
		ok := true
		switch i.op {
		case opMatch:
			m.succeed(base, lookAhead)
			return pos, true
		case opOne:
			class, size := m.classAt(pos)
			ok = i.set.has(class)
			pos += size
			pc = i.next
		case opSplit:
			class, _ := m.classAt(pos)
			one, two := i.first.has(class), i.otherFirst.has(class)
			if one && two || i.repeats && (one || two) {
				if lookAhead && m.known(i.memo, pos, succeeds) {
					pc = matched
					continue
				}
				ok = m.enter(pc, pos, one && two)
			}
			if pc = i.next; !one {
				ok = ok && two
				pc = i.other
			}
		case opLoop, opRun:
			pc, pos, ok = m.loop(pc, pos, lookAhead)
		case opLook:
			pc, ok = m.look(i, pos)
		case opBehind:
			ok = m.comesBefore(i.behind, pos) != i.negative
			pc = i.next
		case opAtomic:
			pc, pos, ok = m.atomic(pc, pos)
		case opAnchor:
			ok = m.holds(i.anchor, pos)
			pc = i.next
		}
		if ok {
			continue
		}
		if pc, pos, ok = m.back(base); !ok {
			return 0, false
		}
	}
	m.stack = m.stack[:base]
	return 0, false
}

// enter remembers the state pc at pos as failed, which it is unless what follows
// succeeds. It is false if that is known already.
func (m *matcher) enter(pc, pos int, bothWays bool) bool {
	memo := m.code[pc].memo
	if m.known(memo, pos, fails) {
		return false
	}
	if m.steps >= m.remember {
		m.set(memo, pos, fails)
	}
	kind := tried
	if bothWays {
		kind = trySplit
	}
	m.stack = append(m.stack, frame{kind: kind, pc: int32(pc), pos: pos, until: pos})
	return true
}

// succeed drops the frames of a match: the states in use have not failed.
func (m *matcher) succeed(base int, lookAhead bool) {
	for _, f := range m.stack[base:] {
		memo := m.code[f.pc].memo
		if f.kind == trySplit || f.kind == tried {
			m.unset(memo, f.pos, fails)
		}
		if lookAhead && m.steps >= m.remember {
			m.setRange(memo, f.pos, f.until, succeeds)
		}
	}
	m.stack = m.stack[:base]
}

// back returns to the last thing that is left to try.
func (m *matcher) back(base int) (pc, pos int, ok bool) {
	for len(m.stack) > base {
		m.steps++
		f := &m.stack[len(m.stack)-1]
		i := &m.code[f.pc]
		switch f.kind {
		case trySplit:
			f.kind = tried
			return i.other, f.pos, true
		case tryLoop:
			for f.until > f.pos {
				m.steps++
				if m.steps >= m.remember {
					m.set(i.memo, f.until, fails)
				}
				class, size := m.classBefore(f.until)
				f.until -= size
				if i.first.has(class) {
					return i.next, f.until, true
				}
			}
			if m.steps >= m.remember {
				m.set(i.memo, f.pos, fails)
			}
		case ranOut:
			if m.steps >= m.remember {
				m.setRange(i.memo, f.pos, f.until, fails)
			}
		}
		m.stack = m.stack[:len(m.stack)-1]
	}
	return 0, 0, false
}

// setRange sets a bit at every place from one to another, both included.
func (m *matcher) setRange(memo, from, to, which int) {
	for at := from; ; {
		m.set(memo, at, which)
		if at == to {
			break
		}
		m.steps++
		_, size := m.classAt(at)
		at += size
	}
}

// loop takes characters of a set as far as they go, or to where it is known
// whether the places further on lead to a match.
func (m *matcher) loop(pc, pos int, lookAhead bool) (next, end int, ok bool) {
	i := &m.code[pc]
	next, end = i.next, pos
	last := pos
	for {
		if lookAhead && m.known(i.memo, end, succeeds) {
			next = matched
			break
		}
		if m.known(i.memo, end, fails) {
			if end == pos || i.op == opRun {
				return 0, 0, false
			}
			end = last
			break
		}
		class, size := m.classAt(end)
		if !i.set.has(class) {
			break
		}
		last = end
		end += size
	}
	m.steps += end - pos
	kind := tryLoop
	if i.op == opRun {
		kind = ranOut
	}
	m.stack = append(m.stack, frame{kind: kind, pc: int32(pc), pos: pos, until: end})
	return next, end, true
}

// look asks whether the inner pattern of a look-ahead matches at pos.
func (m *matcher) look(i *instruction, pos int) (next int, ok bool) {
	_, ok = m.run(i.other, pos, true)
	return i.next, ok != i.negative
}

// atomic goes on from the end of the first match of the inner pattern.
func (m *matcher) atomic(pc, pos int) (next, end int, ok bool) {
	i := &m.code[pc]
	if m.known(i.memo, pos, fails) {
		return 0, 0, false
	}
	end, ok = m.run(i.other, pos, false)
	if ok {
		m.stack = append(m.stack, frame{kind: ranOut, pc: int32(pc), pos: pos, until: pos})
	}
	return i.next, end, ok
}

func (m *matcher) comesBefore(texts [][]classSet, pos int) bool {
	for _, text := range texts {
		at, ok := pos, true
		for i := len(text) - 1; i >= 0 && ok; i-- {
			class, size := m.classBefore(at)
			ok = size > 0 && text[i].has(class)
			at -= size
		}
		if ok {
			return true
		}
	}
	return false
}

func (m *matcher) holds(a anchor, pos int) bool {
	before, after := m.text[:pos], m.text[pos:]
	switch a {
	case lineStart:
		return before == "" || before[len(before)-1] == '\n' && after != ""
	case lineEnd:
		return after == "" || after[0] == '\n'
	case textStart:
		return before == ""
	case textEnd:
		return after == ""
	case lastLineEnd:
		return after == "" || after == "\n"
	}
	left, _ := m.classBefore(pos)
	right, _ := m.classAt(pos)
	return (m.word.has(left) != m.word.has(right)) == (a == boundary)
}

//go:build linux

package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// capture keeps the first max bytes written to it and calls full on more.
type capture struct {
	mu   sync.Mutex
	kept []byte
	max  int64 // that is kept
	// ahead is by how many tests the process may be ahead of what the judge has read, each
	// with as much output; 0 is none.
	ahead int64
	count int64
	over  atomic.Bool
	full  func()
}

// anew throws away what is kept: the limit is that of one test.
func (c *capture) anew() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept, c.count = c.kept[:0], 0
}

var errFull = errors.New("output limit")

func (c *capture) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	room := max(0, c.max-int64(len(c.kept)))
	c.kept = append(c.kept, p[:min(room, int64(len(p)))]...)
	if c.count += int64(len(p)); c.count <= c.max*(1+c.ahead) {
		return len(p), nil
	}
	c.over.Store(true)
	if c.full != nil {
		c.full()
	}
	return 0, errFull
}

// record is one line of the results.
type record struct {
	// kind is ready; loaded, value, nothing, error, fail, answer, raised, back, items of a program; once, named, ask, batch, reply, threw, pass, passed,
	// failed, broken, gone, end of tests; dead is the judge's own word for tests that said no end
	kind string
	cpu  time.Duration // CPU time of the process when it was read; see clock.go
	text string
}

// isValue says whether the record is of a call that returned.
func (r record) isValue() bool { return r.kind == "value" || r.kind == "nothing" }

// value is what a call returned, and its first argument where that was nothing.
func (r record) value() (value, changed json.RawMessage) {
	if r.kind == "nothing" {
		return json.RawMessage("null"), json.RawMessage(r.text)
	}
	return json.RawMessage(r.text), nil
}

// results reads the lines that a process writes. Those that do not begin with its nonce
// are not the driver's; an unfinished one at the end is of a process that was killed.
type results struct {
	p      *process
	rest   []byte // of an unfinished line
	got    int64  // bytes since the last line that counted
	kept   int64  // bytes of all
	max    int64  // of got; what is kept may be maxOutputs times as much
	passes bool   // records are for r.record, and only the first is kept
	over   atomic.Bool
	all    []record
	record func(record) // if set, sees each record as it comes
}

// maxOutputs is how many times the limit of one test the results of all may be.
const maxOutputs = 20

// full ends a process that has said too much.
func (r *results) full() {
	r.over.Store(true)
	r.p.kill()
}

func (r *results) Write(b []byte) (int, error) {
	if r.got += int64(len(b)); r.got > r.max || r.kept > maxOutputs*r.max {
		r.full()
		return 0, errFull
	}
	r.rest = append(r.rest, b...)
	var now time.Duration // what the process has used
	for {
		line, rest, ok := bytes.Cut(r.rest, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		r.rest = rest
		f := strings.SplitN(string(line), " ", 3)
		if len(f) != 3 || f[0] != r.p.nonce {
			continue
		}
		rec := record{kind: f[1], text: f[2]}
		switch {
		case rec.kind == "clock": // the process waits until its clock has been seen
			r.p.reply()
			continue
		case now == 0:
			now = r.p.used()
		}
		rec.cpu = now
		r.p.said.Store(int64(rec.cpu))
		r.p.words.Add(1)
		if len(r.all) == 0 && rec.kind == "ready" {
			r.p.watch()
		} else { // the end of a test, or of a part of it
			r.p.stdout.anew()
			r.p.stderr.anew()
		}
		r.got = int64(len(r.rest))
		if len(r.all) == 0 || !r.passes {
			r.all = append(r.all, rec)
			r.kept += int64(len(rec.text))
		}
		if r.record != nil {
			r.record(rec)
		}
	}
}

//go:build linux

package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// capture keeps the first max bytes written to it and calls full on more.
type capture struct {
	kept []byte
	max  int64
	over atomic.Bool
	full func()
}

var errFull = errors.New("output limit")

func (c *capture) Write(p []byte) (int, error) {
	room := max(0, c.max-int64(len(c.kept)))
	if int64(len(p)) <= room {
		c.kept = append(c.kept, p...)
		return len(p), nil
	}
	c.kept = append(c.kept, p[:room]...)
	c.over.Store(true)
	if c.full != nil {
		c.full()
	}
	return 0, errFull
}

// record is one line of the results.
type record struct {
	// kind is ready; loaded, value, nothing, error, fail, answer, raised of a program; once, ask, pass,
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
	got    int64
	max    int64 // of bytes in all
	over   atomic.Bool
	all    []record
	record func(record) // if set, sees each record as it comes
}

func (r *results) Write(b []byte) (int, error) {
	if r.got += int64(len(b)); r.got > r.max {
		r.over.Store(true)
		r.p.kill()
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
			r.p.send(nil)
			continue
		case len(r.all) == 0: // what the interpreter says of itself, before there is a program
			ns, _ := strconv.ParseInt(rec.text, 10, 64)
			rec.cpu = time.Duration(ns)
		case now == 0:
			now = r.p.used()
			fallthrough
		default:
			rec.cpu = now
		}
		r.p.said.Store(int64(rec.cpu))
		r.p.words.Add(1)
		if len(r.all) == 0 && rec.kind == "ready" {
			r.p.watch()
		}
		r.all = append(r.all, rec)
		if r.record != nil {
			r.record(rec)
		}
	}
}

// forget begins anew, after the first line, with a process that serves several jobs. Only
// record may call it.
func (r *results) forget() { r.all, r.got = r.all[:1], 0 }

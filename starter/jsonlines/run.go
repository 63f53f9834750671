package jsonlines

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// memoryLimit bounds the bytes of the lines that were read and are not yet
// written. It is above maxLine: one line always fits.
const memoryLimit = 256 << 20

// linger is how long an incomplete batch waits for the next line: a person who
// types a line gets its answer, and a slow pipe does not stall.
const linger = 20 * time.Millisecond

// Options say how lines are worked on. The zero value works on single lines, as
// many at a time as there are cores.
type Options struct {
	// Batch is how many lines do gets at most at a time; 0 is 1.
	Batch int
	// Workers is how many calls of do run at a time; 0 is the number of cores.
	Workers int
	// Fields are those that the command reads. A field that is nearly one of them is
	// refused, and if Strict every field that no command knows, unless Pass lets it through.
	Fields       []string
	Strict, Pass bool
}

// Work works on the lines of a batch, all of them objects: it adds fields to each
// with Line.Add, or calls Line.Fail. An error of its own, such as a device that
// is gone, stops everything.
type Work func(ctx context.Context, lines []*Line) error

// Each is the work that do does on every line alone. An error of do is the
// line's; what do makes of a line after ctx has ended does not come out.
func Each(do func(ctx context.Context, line *Line) error) Work {
	return func(ctx context.Context, lines []*Line) error {
		for _, line := range lines {
			if err := do(ctx, line); err != nil {
				line.Fail(err)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return nil
	}
}

// summary counts lines. Blank lines do not count.
type summary struct {
	lines, bad int
	first      string // where the first bad line stands: "line 3", or "FILE, line 3"
}

// err is what a command ends with.
func (s summary) err() error {
	if s.bad == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d lines failed, the first at %s", s.bad, s.lines, s.first)
}

// batch are lines that are worked on together, and then written in their turn.
type batch struct {
	lines []*Line
	done  chan struct{}
}

// RunFiles is Run on the files that a command line names, as Open takes them.
func RunFiles(ctx context.Context, paths []string, stdin io.Reader, out io.Writer, o Options, do Work) error {
	sources, closeAll, err := Open(paths, stdin)
	if err != nil {
		return err
	}
	defer closeAll()
	return Run(ctx, sources, out, o, do)
}

// Run works on the lines of the sources and writes them to out in their order.
// do gets up to o.Batch lines, and runs in o.Workers goroutines. A write that
// fails stops everything, with an error unless the reader of a pipe has gone. If
// ctx ends, Run returns its error, without waiting for a read that blocks. When
// all is done but lines were bad, the error is "N of M lines failed, the first at …".
func Run(ctx context.Context, sources []Source, out io.Writer, o Options, do Work) error {
	count, err := run(ctx, sources, out, o, maxLine, do)
	if err != nil {
		return err
	}
	return count.err()
}

// run is Run for lines of at most limit bytes; its error is not about single lines.
func run(ctx context.Context, sources []Source, out io.Writer, o Options, limit int, do Work) (summary, error) {
	o.Batch = max(o.Batch, 1)
	if o.Workers < 1 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	outer := ctx
	group, ctx := errgroup.WithContext(ctx)
	s := &scanner{max: limit, memory: semaphore.NewWeighted(memoryLimit), lines: make(chan *Line, o.Batch)}
	scanned := make(chan error, 1)
	go func() { scanned <- s.scan(ctx, sources) }() // not in the group: a read may block for ever

	work, ordered := make(chan *batch), make(chan *batch, 2*o.Workers)
	group.Go(func() error {
		defer close(work)
		defer close(ordered)
		return collect(ctx, s.lines, o.Batch, work, ordered)
	})
	for range o.Workers {
		group.Go(func() error {
			for b := range work {
				if err := b.work(ctx, o, do); err != nil {
					return err
				}
			}
			return nil
		})
	}
	var count summary
	group.Go(func() error { return write(ctx, ordered, out, s.memory, len(sources) > 1, &count) })
	err := group.Wait()
	if err == nil {
		err = <-scanned // a read that failed, after what came before it is written
	}
	if outer.Err() != nil {
		return count, outer.Err()
	}
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return count, nil
	}
	return count, err
}

// collect makes batches of lines and hands them out: to be worked on, and to be
// written in this order.
func collect(ctx context.Context, lines <-chan *Line, size int, work, ordered chan<- *batch) error {
	for {
		b := &batch{done: make(chan struct{})}
		more := true
		for more && len(b.lines) < size {
			var wait <-chan time.Time
			if len(b.lines) > 0 {
				wait = time.After(linger)
			}
			select {
			case line, ok := <-lines:
				if more = ok; ok {
					b.lines = append(b.lines, line)
				}
				continue
			case <-wait:
			case <-ctx.Done():
				return ctx.Err()
			}
			break
		}
		if len(b.lines) > 0 {
			for _, to := range []chan<- *batch{ordered, work} {
				select {
				case to <- b:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		if !more {
			return nil
		}
	}
}

// work parses the lines and has do work on the good ones.
func (b *batch) work(ctx context.Context, o Options, do Work) error {
	var good []*Line
	for _, line := range b.lines {
		if line.err == nil {
			line.err = line.parse()
		}
		if line.err == nil {
			line.err = line.checkFields(o)
		}
		if line.err == nil {
			good = append(good, line)
		}
	}
	if len(good) > 0 {
		if err := do(ctx, good); err != nil {
			return err // and the batch is never done: it is not to be written
		}
	}
	close(b.done)
	return nil
}

// write writes batches in their order. What is written goes out at once when
// there is nothing more to write.
func write(ctx context.Context, ordered <-chan *batch, out io.Writer, memory *semaphore.Weighted, several bool, count *summary) error {
	to := bufio.NewWriterSize(out, 1<<16)
	for {
		var b *batch
		select {
		case b = <-ordered:
		default:
			if err := to.Flush(); err != nil {
				return fmt.Errorf("write lines: %w", err)
			}
			select {
			case b = <-ordered:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if b == nil { // the channel is closed
			if err := to.Flush(); err != nil {
				return fmt.Errorf("write lines: %w", err)
			}
			return ctx.Err()
		}
		if err := b.wait(ctx, to); err != nil {
			return err
		}
		for _, line := range b.lines {
			if err := line.write(to); err != nil {
				return fmt.Errorf("write lines: %w", err)
			}
			memory.Release(int64(len(line.text)))
			count.add(line, several)
		}
	}
}

// wait waits until the batch is done; if that is not at once, what was written goes out.
func (b *batch) wait(ctx context.Context, to *bufio.Writer) error {
	select {
	case <-b.done:
	default:
		if err := to.Flush(); err != nil {
			return fmt.Errorf("write lines: %w", err)
		}
		select {
		case <-b.done:
		case <-ctx.Done():
		}
	}
	return ctx.Err() // the work may have failed
}

func (s *summary) add(line *Line, several bool) {
	s.lines++
	if line.err == nil {
		return
	}
	if s.bad++; s.bad == 1 {
		s.first = fmt.Sprintf("line %d", line.Number)
		if several {
			s.first = line.Source + ", " + s.first
		}
	}
}

package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"temper/model/artifact"
)

// ErrInjected is wrapped by every error that a Faults store makes up.
var ErrInjected = errors.New("injected fault")

// FaultKind is what goes wrong.
type FaultKind int

const (
	// Fail fails with a transient error and has no effect.
	Fail FaultKind = iota + 1
	// LoseAnswer does the work, and then fails with a transient error.
	LoseAnswer
	// Truncate cuts what is read in half. As no Store hands out part of an
	// object, the caller sees artifact.ErrCorrupt from Get and a transient error
	// from Read. Only for OpGet and OpRead.
	Truncate
	// Slow waits for Fault.Delay before the operation, or until ctx ends.
	Slow
)

// Fault is one thing that goes wrong.
type Fault struct {
	Op    Op
	Nth   int // which call of Op, counted from 1; 0 means every call
	Kind  FaultKind
	Delay time.Duration // for Slow
}

// Faults is a Store that passes everything on to another one, except where a
// Fault says otherwise. It is for tests of whatever uses a Store.
type Faults struct {
	inner  Store
	faults []Fault

	mu    sync.Mutex
	calls map[Op]int
}

// NewFaults wraps inner. It panics when a fault makes no sense, as that is a
// mistake in a test.
func NewFaults(inner Store, faults ...Fault) *Faults {
	for _, f := range faults {
		switch f.Op {
		case OpPut, OpGet, OpCreate, OpRead, OpList:
		default:
			panic(fmt.Sprintf("fault %+v: no such operation", f))
		}
		if f.Kind < Fail || f.Kind > Slow || f.Kind == Truncate && f.Op != OpGet && f.Op != OpRead {
			panic(fmt.Sprintf("fault %+v: no such fault of this operation", f))
		}
	}
	return &Faults{inner: inner, faults: faults, calls: map[Op]int{}}
}

// Calls returns how often op was called so far, failed calls included.
func (f *Faults) Calls(op Op) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[op]
}

// around counts the call, lets work run unless a fault prevents it, and says
// whether its result is to be truncated.
func (f *Faults) around(ctx context.Context, op Op, key string, work func() error) (truncate bool, err error) {
	f.mu.Lock()
	f.calls[op]++
	nth := f.calls[op]
	f.mu.Unlock()

	loseAnswer := false
	for _, fault := range f.faults {
		if fault.Op != op || fault.Nth != 0 && fault.Nth != nth {
			continue
		}
		switch fault.Kind {
		case Fail:
			return false, &TransientError{Op: op, Key: key, Err: ErrInjected}
		case LoseAnswer:
			loseAnswer = true
		case Truncate:
			truncate = true
		case Slow:
			select {
			case <-ctx.Done():
				return false, fmt.Errorf("%s %s: %w", op, key, ctx.Err())
			case <-time.After(fault.Delay):
			}
		}
	}
	err = work()
	if err == nil && loseAnswer {
		err = &TransientError{Op: op, Key: key, Err: fmt.Errorf("%w: answer lost", ErrInjected)}
	}
	return truncate, err
}

// Put implements Store.
func (f *Faults) Put(ctx context.Context, data []byte) (ref artifact.Ref, err error) {
	_, err = f.around(ctx, OpPut, "", func() (err error) { ref, err = f.inner.Put(ctx, data); return err })
	if err != nil {
		return artifact.Ref{}, err
	}
	return ref, nil
}

// Get implements Store.
func (f *Faults) Get(ctx context.Context, ref artifact.Ref) (data []byte, err error) {
	truncate, err := f.around(ctx, OpGet, ref.Key, func() (err error) { data, err = f.inner.Get(ctx, ref); return err })
	if err != nil {
		return nil, err
	}
	if truncate {
		return nil, fmt.Errorf("get %s: %w: %d of %d bytes: %w", ref.Key, ErrInjected, len(data)/2, len(data), artifact.ErrCorrupt)
	}
	return data, nil
}

// Create implements Store.
func (f *Faults) Create(ctx context.Context, key string, data []byte) error {
	_, err := f.around(ctx, OpCreate, key, func() error { return f.inner.Create(ctx, key, data) })
	return err
}

// Read implements Store.
func (f *Faults) Read(ctx context.Context, key string) (data []byte, err error) {
	truncate, err := f.around(ctx, OpRead, key, func() (err error) { data, err = f.inner.Read(ctx, key); return err })
	if err != nil {
		return nil, err
	}
	if truncate {
		return nil, &TransientError{Op: OpRead, Key: key, Err: fmt.Errorf("%w: %w", ErrInjected, io.ErrUnexpectedEOF)}
	}
	return data, nil
}

// List implements Store.
func (f *Faults) List(ctx context.Context, prefix string) (keys []string, err error) {
	_, err = f.around(ctx, OpList, prefix, func() (err error) { keys, err = f.inner.List(ctx, prefix); return err })
	if err != nil {
		return nil, err
	}
	return keys, nil
}

package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"temper/activities/liveness"
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
	// Corrupt damages what is read, after the store itself has looked again: Get
	// fails with artifact.ErrCorrupt; Read hands out the document with one bit
	// flipped, as a store does that keeps no checksums. Only for OpGet and OpRead.
	Corrupt
	// Hide answers that nothing is there, as a store does that shows late what was
	// written. Only for OpGet and OpRead.
	Hide
	// Refuse answers as a store does whose keys have expired.
	Refuse
	// Full answers as a store does that has no space left. Only for OpPut and OpCreate.
	Full
)

// befalls reports whether a fault of this kind can befall op.
func (k FaultKind) befalls(op Op) bool {
	switch k {
	case Fail, LoseAnswer, Slow, Refuse:
		return true
	case Truncate, Corrupt, Hide:
		return op == OpGet || op == OpRead
	case Full:
		return op == OpPut || op == OpCreate
	}
	return false
}

// Fault is one thing that goes wrong.
type Fault struct {
	Op    Op
	Nth   int // which call of Op, counted from 1; 0 means every call
	Last  int // the last call that it befalls, if there are more than the Nth
	Kind  FaultKind
	Delay time.Duration // for Slow
}

// befalls reports whether the fault is one of the nth call of op.
func (f Fault) befalls(op Op, nth int) bool {
	return f.Op == op && (f.Nth == 0 || f.Nth <= nth && nth <= max(f.Nth, f.Last))
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
		if !f.Kind.befalls(f.Op) {
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
// what is to be done to what was read: Truncate, Corrupt or nothing.
func (f *Faults) around(ctx context.Context, op Op, key string, work func() error) (damage FaultKind, err error) {
	f.mu.Lock()
	f.calls[op]++
	nth := f.calls[op]
	f.mu.Unlock()

	loseAnswer := false
	for _, fault := range f.faults {
		if !fault.befalls(op, nth) {
			continue
		}
		switch fault.Kind {
		case Fail:
			return 0, &TransientError{Op: op, Key: key, Err: ErrInjected}
		case Hide:
			return 0, fmt.Errorf("%s %s: %w: %w", op, key, ErrInjected, ErrNotFound)
		case Refuse:
			return 0, &RefusedError{Op: op, Key: key, Err: fmt.Errorf("the keys have expired: %w", ErrInjected)}
		case Full:
			return 0, &RefusedError{Op: op, Key: key, Err: fmt.Errorf("the store has no space left: %w", ErrInjected)}
		case LoseAnswer:
			loseAnswer = true
		case Truncate, Corrupt:
			damage = fault.Kind
		case Slow:
			select {
			case <-ctx.Done():
				return 0, fmt.Errorf("%s %s: %w", op, key, ctx.Err())
			case <-time.After(fault.Delay):
			}
		}
	}
	err = work()
	liveness.Done(ctx)
	if err == nil && loseAnswer {
		err = &TransientError{Op: op, Key: key, Err: fmt.Errorf("%w: answer lost", ErrInjected)}
	}
	return damage, err
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
	damage, err := f.around(ctx, OpGet, ref.Key, func() (err error) { data, err = f.inner.Get(ctx, ref); return err })
	if err != nil {
		return nil, err
	}
	switch damage {
	case Truncate:
		return nil, fmt.Errorf("get %s: %w: %d of %d bytes: %w", ref.Key, ErrInjected, len(data)/2, len(data), artifact.ErrCorrupt)
	case Corrupt:
		return nil, fmt.Errorf("get %s: %w: %w", ref.Key, ErrInjected, artifact.ErrCorrupt)
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
	damage, err := f.around(ctx, OpRead, key, func() (err error) { data, err = f.inner.Read(ctx, key); return err })
	if err != nil {
		return nil, err
	}
	switch {
	case damage == Truncate:
		return nil, &TransientError{Op: OpRead, Key: key, Err: fmt.Errorf("%w: %w", ErrInjected, io.ErrUnexpectedEOF)}
	case damage == Corrupt && len(data) > 0:
		flipBit(data)
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

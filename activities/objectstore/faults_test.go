package objectstore

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"temper/activities/objectstore/internal/retry"
	"temper/model/artifact"
)

func TestFaultsFail(t *testing.T) {
	inner := NewMemory()
	s := NewFaults(inner, Fault{Op: OpPut, Nth: 2, Kind: Fail}, Fault{Op: OpList, Kind: Fail})
	for n := 1; n <= 3; n++ {
		data := []byte{byte(n)}
		ref, err := s.Put(t.Context(), data)
		_, errGet := inner.Get(t.Context(), artifact.RefOf(data))
		if n == 2 && (!IsTransient(err) || !errors.Is(err, ErrInjected) || !ref.IsZero() || !errors.Is(errGet, ErrNotFound)) || n != 2 && (err != nil || errGet != nil) {
			t.Errorf("put %d: %v; get: %v", n, err, errGet)
		}
		if _, err := s.List(t.Context(), ""); !IsTransient(err) {
			t.Errorf("list %d: %v", n, err)
		}
	}
	if s.Calls(OpPut) != 3 || s.Calls(OpList) != 3 || s.Calls(OpGet) != 0 {
		t.Errorf("calls: put %d, list %d, get %d", s.Calls(OpPut), s.Calls(OpList), s.Calls(OpGet))
	}
}

func TestFaultsLoseAnswer(t *testing.T) {
	ctx, data := t.Context(), []byte("mine")
	s := NewFaults(NewMemory(), Fault{Op: OpCreate, Nth: 1, Kind: LoseAnswer}, Fault{Op: OpCreate, Nth: 3, Kind: LoseAnswer})
	if err := s.Create(ctx, "a", data); !IsTransient(err) {
		t.Fatalf("create: %v", err)
	}
	if err := s.Create(ctx, "a", data); !errors.Is(err, ErrExists) {
		t.Fatalf("create again: %v", err)
	}
	if got, err := s.Read(ctx, "a"); err != nil || !bytes.Equal(got, data) {
		t.Errorf("read: %q, error %v", got, err)
	}
	if got, err := CreateOrSame(ctx, s, "b", data); err != nil || !bytes.Equal(got, data) || s.Calls(OpCreate) != 4 {
		t.Errorf("create or same: %q after %d creates in all, error %v", got, s.Calls(OpCreate), err)
	}
}

// CreateOrSame gives up after a bounded number of attempts, and says why.
func TestCreateOrSameIsBounded(t *testing.T) {
	s := NewFaults(NewMemory(), Fault{Op: OpCreate, Kind: Fail})
	if _, err := CreateOrSame(t.Context(), s, "a", nil); !IsTransient(err) || s.Calls(OpCreate) != retry.Default.Attempts {
		t.Errorf("after %d attempts: %v", s.Calls(OpCreate), err)
	}
	if _, err := CreateOrSame(t.Context(), NewMemory(), "a b", nil); !IsPermanent(err) {
		t.Errorf("bad key: %v", err)
	}
}

func TestFaultsTruncate(t *testing.T) {
	ctx := t.Context()
	s := NewFaults(NewMemory(), Fault{Op: OpGet, Nth: 1, Kind: Truncate}, Fault{Op: OpRead, Nth: 1, Kind: Truncate})
	ref, err := s.Put(ctx, []byte("blob"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Create(ctx, "a", []byte("document")); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(ctx, ref); got != nil || !errors.Is(err, artifact.ErrCorrupt) || !errors.Is(err, ErrInjected) {
		t.Errorf("get: %q, error %v", got, err)
	}
	if got, err := s.Read(ctx, "a"); got != nil || !IsTransient(err) {
		t.Errorf("read: %q, error %v", got, err)
	}
	if got, err := s.Get(ctx, ref); err != nil || string(got) != "blob" {
		t.Errorf("second get: %q, error %v", got, err)
	}
}

func TestFaultsSlow(t *testing.T) {
	s := NewFaults(NewMemory(), Fault{Op: OpPut, Nth: 1, Kind: Slow, Delay: time.Hour}, Fault{Op: OpPut, Nth: 2, Kind: Slow, Delay: time.Millisecond})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	if _, err := s.Put(t.Context(), nil); err != nil {
		t.Errorf("second put: %v", err)
	}
}

func TestFaultsRefusesNonsense(t *testing.T) {
	for _, fault := range []Fault{{Op: "delete", Kind: Fail}, {Op: OpPut}, {Op: OpPut, Kind: Truncate}, {Op: OpGet, Kind: Full + 1},
		{Op: OpList, Kind: Corrupt}, {Op: OpPut, Kind: Hide}, {Op: OpRead, Kind: Full}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v was taken", fault)
				}
			}()
			NewFaults(NewMemory(), fault)
		}()
	}
}

func TestFaultsOfAStoreThatAPersonMends(t *testing.T) {
	ctx := t.Context()
	s := NewFaults(NewMemory(), Fault{Op: OpPut, Nth: 1, Last: 2, Kind: Full}, Fault{Op: OpCreate, Nth: 1, Kind: Refuse},
		Fault{Op: OpGet, Nth: 1, Kind: Hide}, Fault{Op: OpGet, Nth: 2, Kind: Corrupt}, Fault{Op: OpRead, Nth: 1, Kind: Corrupt})
	for range 2 {
		if _, err := s.Put(ctx, []byte("blob")); !IsRefused(err) || IsTransient(err) || IsPermanent(err) || !errors.Is(err, ErrInjected) {
			t.Errorf("put into a full store: %v", err)
		}
	}
	ref, err := s.Put(ctx, []byte("blob"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Create(ctx, "a", []byte("document")); !IsRefused(err) {
		t.Errorf("refused create: %v", err)
	}
	if err := s.Create(ctx, "a", []byte("document")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(ctx, ref); !errors.Is(err, ErrNotFound) || !IsDamage(err) {
		t.Errorf("hidden blob: %v", err)
	}
	if _, err := s.Get(ctx, ref); !errors.Is(err, artifact.ErrCorrupt) || !IsDamage(err) {
		t.Errorf("corrupt blob: %v", err)
	}
	if got, err := s.Read(ctx, "a"); err != nil || len(got) != len("document") || string(got) == "document" {
		t.Errorf("damaged document: %q, error %v", got, err)
	}
	if got, err := s.Read(ctx, "a"); err != nil || string(got) != "document" {
		t.Errorf("the document afterwards: %q, error %v", got, err)
	}
}

// Memory notices damage to a document, as S3 does by its checksums.
func TestMemoryDamagedDocument(t *testing.T) {
	m := NewMemory()
	if err := m.Create(t.Context(), "a", []byte("manifest")); err != nil {
		t.Fatal(err)
	}
	m.objects["a"].data[4] = 't'
	if _, err := m.Read(t.Context(), "a"); !errors.Is(err, artifact.ErrCorrupt) {
		t.Errorf("read: %v", err)
	}
}

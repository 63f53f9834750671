package storetest

import (
	"bytes"
	"errors"
	"testing"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

func testBlobs(t *testing.T, s objectstore.Store) {
	for _, size := range []int{0, 1, 4096, 20 << 20} {
		data := RandomBytes(t, size)
		ref := MustPut(t, s, data)
		if ref != artifact.RefOf(data) {
			t.Errorf("put %d bytes: ref is %+v, want %+v", size, ref, artifact.RefOf(data))
		}
		if again := MustPut(t, s, data); again != ref {
			t.Errorf("second put of %d bytes: ref is %+v, want %+v", size, again, ref)
		}
		got, err := s.Get(t.Context(), ref)
		if err != nil || got == nil || !bytes.Equal(got, data) {
			t.Fatalf("get %d bytes: got %d (nil: %t), error %v", size, len(got), got == nil, err)
		}
	}
	missing := artifact.RefOf(RandomBytes(t, 10))
	if _, err := s.Get(t.Context(), missing); !errors.Is(err, objectstore.ErrNotFound) || objectstore.IsTransient(err) || objectstore.IsPermanent(err) {
		t.Errorf("get of a missing blob: %v", err)
	}
	if _, err := s.Get(t.Context(), artifact.Ref{}); !objectstore.IsPermanent(err) {
		t.Errorf("get of the zero ref: %v", err)
	}
}

func testDamagedBlobs(t *testing.T, s objectstore.Store, tamper func(*testing.T, string, []byte)) {
	data := RandomBytes(t, 1000)
	flipped := bytes.Clone(data)
	flipped[500] ^= 1
	for name, damaged := range map[string][]byte{"one bit": flipped, "short": data[:999], "empty": {}, "long": append(bytes.Clone(data), 0)} {
		ref := MustPut(t, s, data)
		tamper(t, ref.Key, damaged)
		got, err := s.Get(t.Context(), ref)
		if !errors.Is(err, artifact.ErrCorrupt) || got != nil {
			t.Errorf("%s: get returned %d bytes and error %v, want artifact.ErrCorrupt", name, len(got), err)
		}
		MustPut(t, s, data) // repairs it
		if got, err := s.Get(t.Context(), ref); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: get after another put: %d bytes, error %v", name, len(got), err)
		}
	}
}

// testDisturbedReads: bytes that are damaged on their way are read again, a few
// times, before anything is called corrupt.
func testDisturbedReads(t *testing.T, s objectstore.Store, disturb func(n int)) {
	defer disturb(0)
	data, key := RandomBytes(t, 1000), Folder()+"document"
	ref := MustPut(t, s, data)
	if err := s.Create(t.Context(), key, data); err != nil {
		t.Fatal(err)
	}
	reads := map[string]func() ([]byte, error){
		"get":  func() ([]byte, error) { return s.Get(t.Context(), ref) },
		"read": func() ([]byte, error) { return s.Read(t.Context(), key) },
	}
	for name, read := range reads {
		disturb(2)
		if got, err := read(); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s disturbed twice: %d bytes, error %v", name, len(got), err)
		}
		disturb(1 << 30)
		if got, err := read(); !errors.Is(err, artifact.ErrCorrupt) || got != nil {
			t.Errorf("%s that is always disturbed: %d bytes, error %v", name, len(got), err)
		}
		disturb(0)
	}
	disturb(1)
	if again := MustPut(t, s, data); again != ref { // the check of what is there is disturbed: writing it again does no harm
		t.Errorf("put of what is there: ref is %+v, want %+v", again, ref)
	}
	disturb(1)
	if err := s.Create(t.Context(), Folder()+"other", data); err != nil { // the look at what was written is disturbed
		t.Errorf("create: %v", err)
	}
}

package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

func testDocuments(t *testing.T, s objectstore.Store) {
	dir := Folder()
	for name, data := range map[string][]byte{"empty": {}, "small.json": []byte("{}"), "deep/er/large": RandomBytes(t, 20<<20)} {
		key := dir + name
		if _, err := s.Read(t.Context(), key); !errors.Is(err, objectstore.ErrNotFound) {
			t.Errorf("read %s before create: %v", name, err)
		}
		if err := s.Create(t.Context(), key, data); err != nil {
			t.Fatalf("create %s: %v", name, err)
		}
		for _, second := range [][]byte{data, []byte("other")} {
			if err := s.Create(t.Context(), key, second); !errors.Is(err, objectstore.ErrExists) || objectstore.IsTransient(err) || objectstore.IsPermanent(err) {
				t.Errorf("second create %s: %v", name, err)
			}
		}
		got, err := s.Read(t.Context(), key)
		if err != nil || got == nil || !bytes.Equal(got, data) {
			t.Errorf("read %s: %d bytes, error %v", name, len(got), err)
		}
	}
	// What a store hands out or was given belongs to the caller.
	mine := []byte("mine")
	if err := s.Create(t.Context(), dir+"owned", mine); err != nil {
		t.Fatal(err)
	}
	mine[0] = 'X'
	first, _ := s.Read(t.Context(), dir+"owned")
	first[1] = 'X'
	if got, err := s.Read(t.Context(), dir+"owned"); string(got) != "mine" {
		t.Errorf("read %q, error %v", got, err)
	}
}

func testConcurrentCreates(t *testing.T, s objectstore.Store) {
	const writers = 16
	for round := range 5 {
		key := fmt.Sprintf("%sround-%d", Folder(), round)
		errs := make([]error, writers)
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() { errs[i] = s.Create(t.Context(), key, fmt.Appendf(nil, "writer %d", i)) })
		}
		wg.Wait()
		var winners []int
		for i, err := range errs {
			if err == nil {
				winners = append(winners, i)
			} else if !errors.Is(err, objectstore.ErrExists) {
				t.Errorf("round %d: writer %d: %v", round, i, err)
			}
		}
		got, err := s.Read(t.Context(), key)
		if len(winners) != 1 || err != nil || string(got) != fmt.Sprintf("writer %d", winners[0]) {
			t.Fatalf("round %d: winners %v, and %q is there (error %v)", round, winners, got, err)
		}
	}
}

func testCreateOrSame(t *testing.T, s objectstore.Store) {
	key := Folder() + "manifest.json"
	for _, data := range []string{"first", "second", "first"} {
		if got, err := objectstore.CreateOrSame(t.Context(), s, key, []byte(data)); err != nil || string(got) != "first" {
			t.Errorf("create or same with %q: %q, error %v", data, got, err)
		}
	}
}

func testDocumentsInDocuments(t *testing.T, s objectstore.Store) {
	dir := Folder()
	for _, key := range []string{"file", "dir/file"} {
		if err := s.Create(t.Context(), dir+key, []byte(key)); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"file/below", "file/deep/below", "dir"} {
		if _, err := s.Read(t.Context(), dir+key); !errors.Is(err, objectstore.ErrNotFound) {
			t.Errorf("read %s: %v", key, err)
		}
		if err := s.Create(t.Context(), dir+key, nil); !errors.Is(err, objectstore.ErrBadKey) {
			t.Errorf("create %s: %v", key, err)
		}
	}
	if got, err := s.List(t.Context(), dir); err != nil || len(got) != 2 {
		t.Errorf("list: %q, error %v", got, err)
	}
}

// testRottenDocuments: a document that the disk changed is called corrupt, and
// not overwritten. One whose length has changed may have lost its checksum with
// it; then Read hands out what is there, and the digest in a manifest tells.
func testRottenDocuments(t *testing.T, s objectstore.Store, rot func(*testing.T, string, []byte)) {
	for name, damaged := range map[string]string{"flipped": "manitest", "short": "mani", "empty": ""} {
		key := Folder() + name
		if err := s.Create(t.Context(), key, []byte("manifest")); err != nil {
			t.Fatal(err)
		}
		rot(t, key, []byte(damaged))
		got, err := s.Read(t.Context(), key)
		withoutChecksum := err == nil && len(damaged) != len("manifest") && string(got) == damaged
		if !withoutChecksum && (!errors.Is(err, artifact.ErrCorrupt) || got != nil) {
			t.Errorf("%s: read %q, error %v", name, got, err)
		}
		if err := s.Create(t.Context(), key, []byte("manifest")); !errors.Is(err, objectstore.ErrExists) {
			t.Errorf("%s: create: %v", name, err)
		}
	}
}

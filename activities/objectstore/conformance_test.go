package objectstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"temper/model/artifact"
)

// subject is a store under test, with a way to damage it behind its back.
type subject struct {
	store  Store
	tamper func(t *testing.T, key string, data []byte) // puts other bytes under an existing key
}

// TestConformance runs one suite against every implementation of Store.
func TestConformance(t *testing.T) {
	memory := func(*testing.T) subject { m := NewMemory(); return subject{m, tamperMemory(m)} }
	for _, implementation := range []struct {
		name string
		open func(t *testing.T) subject
	}{
		{"memory", memory},
		{"faults without a fault", func(*testing.T) subject {
			m := NewMemory()
			return subject{NewFaults(m), tamperMemory(m)}
		}},
		{"s3", func(t *testing.T) subject { s := openS3(t); return subject{s, tamperS3(s)} }},
		{"s3 with small pages", func(t *testing.T) subject { s := openS3(t); s.pageSize = 2; return subject{s, tamperS3(s)} }},
	} {
		t.Run(implementation.name, func(t *testing.T) {
			s := implementation.open(t)
			t.Run("blobs", func(t *testing.T) { testBlobs(t, s.store) })
			t.Run("damaged blobs", func(t *testing.T) { testDamagedBlobs(t, s) })
			t.Run("documents", func(t *testing.T) { testDocuments(t, s.store) })
			t.Run("concurrent creates", func(t *testing.T) { testConcurrentCreates(t, s.store) })
			t.Run("create or same", func(t *testing.T) { testCreateOrSame(t, s.store) })
			t.Run("list", func(t *testing.T) { testList(t, s.store) })
			t.Run("bad keys", func(t *testing.T) { testBadKeys(t, s.store) })
			t.Run("documents in documents", func(t *testing.T) { testDocumentsInDocuments(t, s.store) })
			t.Run("ended context", func(t *testing.T) { testEndedContext(t, s.store) })
		})
	}
}

func tamperMemory(m *Memory) func(*testing.T, string, []byte) {
	return func(_ *testing.T, key string, data []byte) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.objects[key] = newObject(data)
	}
}

// folder returns a key prefix that no other test and no earlier run used.
func folder() string { return "test/" + rand.Text() + "/" }

// randomBytes returns bytes that are in no store yet.
func randomBytes(t *testing.T, n int) []byte {
	t.Helper()
	data := make([]byte, n)
	if _, err := rand.Read(data); err != nil {
		t.Fatal(err)
	}
	return data
}

func mustPut(t *testing.T, s Store, data []byte) artifact.Ref {
	t.Helper()
	ref, err := s.Put(t.Context(), data)
	if err != nil {
		t.Fatalf("put %d bytes: %v", len(data), err)
	}
	return ref
}

func testBlobs(t *testing.T, s Store) {
	for _, size := range []int{0, 1, 4096, 20 << 20} {
		data := randomBytes(t, size)
		ref := mustPut(t, s, data)
		if ref != artifact.RefOf(data) {
			t.Errorf("put %d bytes: ref is %+v, want %+v", size, ref, artifact.RefOf(data))
		}
		if again := mustPut(t, s, data); again != ref {
			t.Errorf("second put of %d bytes: ref is %+v, want %+v", size, again, ref)
		}
		got, err := s.Get(t.Context(), ref)
		if err != nil || got == nil || !bytes.Equal(got, data) {
			t.Fatalf("get %d bytes: got %d (nil: %t), error %v", size, len(got), got == nil, err)
		}
	}
	missing := artifact.RefOf(randomBytes(t, 10))
	if _, err := s.Get(t.Context(), missing); !errors.Is(err, ErrNotFound) || IsTransient(err) || IsPermanent(err) {
		t.Errorf("get of a missing blob: %v", err)
	}
	if _, err := s.Get(t.Context(), artifact.Ref{}); !IsPermanent(err) {
		t.Errorf("get of the zero ref: %v", err)
	}
}

func testDamagedBlobs(t *testing.T, s subject) {
	data := randomBytes(t, 1000)
	flipped := bytes.Clone(data)
	flipped[500] ^= 1
	for name, damaged := range map[string][]byte{"one bit": flipped, "short": data[:999], "empty": {}, "long": append(bytes.Clone(data), 0)} {
		ref := mustPut(t, s.store, data)
		s.tamper(t, ref.Key, damaged)
		got, err := s.store.Get(t.Context(), ref)
		if !errors.Is(err, artifact.ErrCorrupt) || got != nil {
			t.Errorf("%s: get returned %d bytes and error %v, want artifact.ErrCorrupt", name, len(got), err)
		}
		mustPut(t, s.store, data) // repairs it
		if got, err := s.store.Get(t.Context(), ref); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: get after another put: %d bytes, error %v", name, len(got), err)
		}
	}
}

func testDocuments(t *testing.T, s Store) {
	dir := folder()
	for name, data := range map[string][]byte{"empty": {}, "small.json": []byte("{}"), "deep/er/large": randomBytes(t, 20<<20)} {
		key := dir + name
		if _, err := s.Read(t.Context(), key); !errors.Is(err, ErrNotFound) {
			t.Errorf("read %s before create: %v", name, err)
		}
		if err := s.Create(t.Context(), key, data); err != nil {
			t.Fatalf("create %s: %v", name, err)
		}
		for _, second := range [][]byte{data, []byte("other")} {
			if err := s.Create(t.Context(), key, second); !errors.Is(err, ErrExists) || IsTransient(err) || IsPermanent(err) {
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

func testConcurrentCreates(t *testing.T, s Store) {
	const writers = 16
	for round := range 5 {
		key := fmt.Sprintf("%sround-%d", folder(), round)
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
			} else if !errors.Is(err, ErrExists) {
				t.Errorf("round %d: writer %d: %v", round, i, err)
			}
		}
		got, err := s.Read(t.Context(), key)
		if len(winners) != 1 || err != nil || string(got) != fmt.Sprintf("writer %d", winners[0]) {
			t.Fatalf("round %d: winners %v, and %q is there (error %v)", round, winners, got, err)
		}
	}
}

func testCreateOrSame(t *testing.T, s Store) {
	key := folder() + "manifest.json"
	for _, data := range []string{"first", "second", "first"} {
		if got, err := CreateOrSame(t.Context(), s, key, []byte(data)); err != nil || string(got) != "first" {
			t.Errorf("create or same with %q: %q, error %v", data, got, err)
		}
	}
}

func testList(t *testing.T, s Store) {
	dir := folder()
	// In byte order: '-' < '.' < '/' < '0' < 'B' < '_' < 'a'.
	names := []string{"a-b", "a.b", "a/1", "a/10", "a/2", "a0", "aB", "a_", "aa", "b/c/d"}
	for _, name := range []string{"b/c/d", "aa", "a/10", "a.b", "a_", "a0", "a/2", "a-b", "aB", "a/1"} {
		if err := s.Create(t.Context(), dir+name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	for prefix, want := range map[string][]string{
		"": names, "a": names[:9], "a/": {"a/1", "a/10", "a/2"}, "a/1": {"a/1", "a/10"}, "b": {"b/c/d"}, "b/c/d": {"b/c/d"}, "b/c/d/": nil, "c": nil,
	} {
		got, err := s.List(t.Context(), dir+prefix)
		for i := range got {
			got[i] = strings.TrimPrefix(got[i], dir)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("list %q: %q, error %v; want %q", prefix, got, err, want)
		}
	}
	ref := mustPut(t, s, randomBytes(t, 8))
	if got, err := s.List(t.Context(), ref.Key); err != nil || !slices.Equal(got, []string{ref.Key}) {
		t.Errorf("list of a blob: %q, error %v", got, err)
	}
}

func testBadKeys(t *testing.T, s Store) {
	for _, key := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", ".hidden", "a/.hidden", "a b", "a+b", "a\\b", "a\x00b", "ümlaut", "a\nb", "a?b", "a%20b",
		strings.Repeat("x", 201), strings.Repeat("xxxxxxxxx/", 90) + "x", "\xff",
		"blobs", "blobs/x", artifact.RefOf(nil).Key, "probe/x",
	} {
		if err := s.Create(t.Context(), key, nil); !errors.Is(err, ErrBadKey) || !IsPermanent(err) || strings.Contains(err.Error(), "\n") {
			t.Errorf("create %q: %v", key, err)
		}
	}
	for _, prefix := range []string{"/", "a//", "a b", "ü"} {
		if _, err := s.List(t.Context(), prefix); !errors.Is(err, ErrBadKey) {
			t.Errorf("list %q: %v", prefix, err)
		}
	}
	good := folder() + strings.Repeat("x", 200) + "/A-Za-z0-9._-/..." // three dots in a row begin with a dot
	if err := CheckKey(good); err == nil {
		t.Errorf("key %q passed", good)
	}
	good = folder() + strings.Repeat("x", 200) + "/A-Z_a-z.0..9"
	if err := s.Create(t.Context(), good, nil); err != nil {
		t.Errorf("create %q: %v", good, err)
	}
}

func testDocumentsInDocuments(t *testing.T, s Store) {
	dir := folder()
	for _, key := range []string{"file", "dir/file"} {
		if err := s.Create(t.Context(), dir+key, []byte(key)); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"file/below", "file/deep/below", "dir"} {
		if _, err := s.Read(t.Context(), dir+key); !errors.Is(err, ErrNotFound) {
			t.Errorf("read %s: %v", key, err)
		}
		if err := s.Create(t.Context(), dir+key, nil); !errors.Is(err, ErrBadKey) {
			t.Errorf("create %s: %v", key, err)
		}
	}
	if got, err := s.List(t.Context(), dir); err != nil || len(got) != 2 {
		t.Errorf("list: %q, error %v", got, err)
	}
}

func testEndedContext(t *testing.T, s Store) {
	ctx, cancel := context.WithCancel(t.Context())
	ref, key := mustPut(t, s, randomBytes(t, 8)), folder()+"x"
	cancel()
	_, errPut := s.Put(ctx, randomBytes(t, 8))
	_, errGet := s.Get(ctx, ref)
	errCreate := s.Create(ctx, key, nil)
	_, errRead := s.Read(ctx, key)
	_, errList := s.List(ctx, "test/")
	_, errSame := CreateOrSame(ctx, s, key, nil)
	for op, err := range map[string]error{"put": errPut, "get": errGet, "create": errCreate, "read": errRead, "list": errList, "create or same": errSame} {
		if !errors.Is(err, context.Canceled) || IsTransient(err) || IsPermanent(err) {
			t.Errorf("%s: %v", op, err)
		}
	}
}

package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

func testList(t *testing.T, s objectstore.Store) {
	dir := Folder()
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
	ref := MustPut(t, s, RandomBytes(t, 8))
	if got, err := s.List(t.Context(), ref.Key); err != nil || !slices.Equal(got, []string{ref.Key}) {
		t.Errorf("list of a blob: %q, error %v", got, err)
	}
}

func testBadKeys(t *testing.T, s objectstore.Store) {
	for _, key := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", ".hidden", "a/.hidden", "a b", "a+b", "a\\b", "a\x00b", "ümlaut", "a\nb", "a?b", "a%20b",
		strings.Repeat("x", 201), strings.Repeat("xxxxxxxxx/", 90) + "x", "\xff",
		"blobs", "blobs/x", artifact.RefOf(nil).Key, "probe/x",
	} {
		if err := s.Create(t.Context(), key, nil); !errors.Is(err, objectstore.ErrBadKey) || !objectstore.IsPermanent(err) || strings.Contains(err.Error(), "\n") {
			t.Errorf("create %q: %v", key, err)
		}
	}
	for _, prefix := range []string{"/", "a//", "a b", "ü"} {
		if _, err := s.List(t.Context(), prefix); !errors.Is(err, objectstore.ErrBadKey) {
			t.Errorf("list %q: %v", prefix, err)
		}
	}
	good := Folder() + strings.Repeat("x", 200) + "/A-Za-z0-9._-/..." // three dots in a row begin with a dot
	if err := objectstore.CheckKey(good); err == nil {
		t.Errorf("key %q passed", good)
	}
	good = Folder() + strings.Repeat("x", 200) + "/A-Z_a-z.0..9"
	if err := s.Create(t.Context(), good, nil); err != nil {
		t.Errorf("create %q: %v", good, err)
	}
}

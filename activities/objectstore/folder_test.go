package objectstore_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

// TestFolder: a folder of files reads as the store that holds the same objects.
func TestFolder(t *testing.T) {
	ctx, dir, memory := t.Context(), t.TempDir(), objectstore.NewMemory()
	folder := objectstore.Folder(dir)
	keys := []string{"runs/a/1/run/recipe.json", "runs/a/1/sft/sft-1.json", "runs/a-b/1/run/recipe.json", "runs/ab.json"}
	put := func(key, text string) {
		path := filepath.Join(dir, key)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range keys {
		put(key, key)
		if err := memory.Create(ctx, key, []byte(key)); err != nil {
			t.Fatal(err)
		}
	}
	ref, err := memory.Put(ctx, []byte("blob"))
	if err != nil {
		t.Fatal(err)
	}
	put(ref.Key, "blob")
	put(".server/tmp/runs", "the server's own")
	put("runs/a/.part", "the server's own")
	for _, prefix := range []string{"", "runs/", "runs/a", "runs/a/", "runs/a-", "runs/x", "none/", "blobs/"} {
		want, _ := memory.List(ctx, prefix)
		if got, err := folder.List(ctx, prefix); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q lists %v (%v), want %v", prefix, got, err, want)
		}
	}
	if got, err := folder.Read(ctx, keys[1]); err != nil || string(got) != keys[1] {
		t.Errorf("read %q, %v", got, err)
	}
	if got, err := folder.Get(ctx, ref); err != nil || string(got) != "blob" {
		t.Errorf("got %q, %v", got, err)
	}
	put(ref.Key, "bolb")
	if _, err := folder.Get(ctx, ref); !errors.Is(err, artifact.ErrCorrupt) {
		t.Errorf("a damaged blob: %v", err)
	}
	if _, err := folder.Get(ctx, artifact.RefOf([]byte("other"))); !errors.Is(err, objectstore.ErrNotFound) {
		t.Errorf("a blob that is not there: %v", err)
	}
	if _, err := folder.Read(ctx, "runs/none.json"); !errors.Is(err, objectstore.ErrNotFound) {
		t.Errorf("a document that is not there: %v", err)
	}
	for _, bad := range []string{"../x", "/etc/passwd", "runs/../../x"} {
		if _, err := folder.Read(ctx, bad); !errors.Is(err, objectstore.ErrBadKey) {
			t.Errorf("%s: %v", bad, err)
		}
		if _, err := folder.List(ctx, "/x"); !errors.Is(err, objectstore.ErrBadKey) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

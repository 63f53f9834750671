package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"temper/activities"
	"temper/activities/liveness"
)

// TestLocalFilesAreWatched: each piece of a local file is a sign of life, and a context's end ends the reading.
func TestLocalFilesAreWatched(t *testing.T) {
	folder := t.TempDir()
	want := bytes.Repeat([]byte("0123456789abcdef"), 5<<16) // five MiB
	path := filepath.Join(folder, "data.jsonl")
	if err := os.WriteFile(path, want, 0o600); err != nil {
		t.Fatal(err)
	}
	w := &liveness.Watch{}
	ctx, cancel := context.WithCancel(liveness.With(t.Context(), w))
	got, err := sources{}.ReadURI(ctx, path)
	if err != nil || !bytes.Equal(got, want) || w.Parts() != 5 {
		t.Errorf("%d bytes in %d parts, %v", len(got), w.Parts(), err)
	}
	if _, err := (sources{}).ReadURI(ctx, folder); !errors.Is(err, activities.ErrUser) {
		t.Errorf("a folder: %v", err)
	}
	if err := os.Mkdir(filepath.Join(folder, "more"), 0o700); err != nil {
		t.Fatal(err)
	}
	if names, err := (sources{}).ListFolder(ctx, folder); err != nil || !slices.Equal(names, []string{"data.jsonl"}) {
		t.Errorf("the folder's files: %v, %v", names, err)
	}
	if _, err := (sources{}).ListFolder(ctx, folder+"/none"); !errors.Is(err, activities.ErrUser) {
		t.Errorf("a folder that is not there: %v", err)
	}
	opened, err := sources{}.OpenFolder(ctx, folder)
	if err != nil {
		t.Fatal(err)
	}
	file, err := opened.Open(ctx, "data.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	before, some := w.Parts(), make([]byte, 100)
	if n, err := file.ReadAt(some, file.Size()-60); n != 60 || !errors.Is(err, io.EOF) || !bytes.Equal(some[:n], want[len(want)-60:]) || w.Parts() != before+1 {
		t.Errorf("the file's end: %d bytes, %v, %d parts", n, err, w.Parts()-before)
	}
	cancel()
	if _, err := file.ReadAt(some, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("read on after the end of its context: %v", err)
	}
	if _, err := (sources{}).ReadURI(ctx, path); !errors.Is(err, context.Canceled) || errors.Is(err, activities.ErrUser) {
		t.Errorf("a file after the end of its context: %v", err)
	}
}

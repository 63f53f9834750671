package pretrained

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"temper/model/library/safetensors"
)

// small is an export of the two small tensors.
func small(changes func(*Export)) Export {
	e := Export{
		Config: []byte(`{"model_type":"x","a<b":[1.50, null],"torch_dtype":"bfloat16"}`), Files: map[string][]byte{"tokenizer.json": []byte("{}")},
		GenerationConfig: []byte(`{"eos_token_id":[1,2]}`), DType: safetensors.F32, Values: safetensors.Values(tensors),
		Tensors: []safetensors.Spec{{Name: "model.a", Shape: []int{2, 2}}, {Name: "model.b", Shape: []int{3}}},
	}
	if changes != nil {
		changes(&e)
	}
	return e
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

// TestWrite checks the files of an export, what replaces what, and what is refused.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	sink := LocalSink(dir)
	const one = "config.json generation_config.json model.safetensors tokenizer.json"
	const two = "config.json generation_config.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors model.safetensors.index.json"
	if err := errors.Join(CheckTarget(t.Context(), sink, false), Write(t.Context(), sink, small(nil))); err != nil || names(t, dir) != one {
		t.Fatalf("files %s, error %v", names(t, dir), err)
	}
	if got, want := string(readFile(t, filepath.Join(dir, "config.json"))), "{\n  \"a<b\": [\n    1.50,\n    null\n  ],\n  \"model_type\": \"x\",\n  \"torch_dtype\": \"float32\"\n}\n"; got != want {
		t.Errorf("config.json is\n%s", got)
	}
	for _, err := range []error{Write(t.Context(), sink, small(nil)), CheckTarget(t.Context(), sink, false)} {
		if !errors.Is(err, ErrTaken) || err.Error() != "write model "+dir+": the target is not empty: there is a model already (config.json)" {
			t.Errorf("over a model: %v", err)
		}
	}
	// Another model replaces it, and nothing of the old one stays; what is no model's does.
	if err := os.WriteFile(filepath.Join(dir, "notes.md"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	sharded := func(e *Export) { e.MaxShardBytes, e.Replace, e.Files, e.DType = 8, true, nil, safetensors.BF16 }
	if err := Write(t.Context(), sink, small(sharded)); err != nil || names(t, dir) != two+" notes.md" {
		t.Errorf("files %s, error %v", names(t, dir), err)
	}
	m := inspect(t, dir)
	if got := values(t, m); !slices.Equal(got["model.a"], tensors[0].Data) || !strings.Contains(string(m.ConfigJSON), `"torch_dtype": "bfloat16"`) {
		t.Errorf("read back: %v, %s", got, m.ConfigJSON)
	}
	for _, dir := range []string{"notes.md", "sub/x", "other.safetensors"} {
		target := t.TempDir()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(target, dir)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(target, dir), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(dir, "/")
		for _, err := range []error{Write(t.Context(), LocalSink(target), small(nil)), CheckTarget(t.Context(), LocalSink(target), false)} {
			if !errors.Is(err, ErrTaken) || !strings.HasSuffix(err.Error(), "it holds "+first) {
				t.Errorf("over %s: %v", dir, err)
			}
		}
	}
}

// TestWriteStopped stops an export at each call of its source: there is never a
// config.json, and the next export goes over what is left.
func TestWriteStopped(t *testing.T) {
	dir := t.TempDir()
	sink := LocalSink(dir)
	broken := errors.New("source is broken")
	for stop := range 2 {
		calls := 0
		e := small(func(e *Export) {
			e.MaxShardBytes = 8
			e.Values = func(ctx context.Context, name string, first int, into []float32) error {
				if calls++; calls > stop {
					return broken
				}
				return safetensors.Values(tensors)(ctx, name, first, into)
			}
		})
		if err := Write(t.Context(), sink, e); !errors.Is(err, broken) {
			t.Fatalf("error %v", err)
		}
		if got := names(t, dir); strings.Contains(got, "config.json") || strings.Contains(got, unfinishedPrefix) {
			t.Errorf("left: %s", got)
		}
	}
	// A process that is killed cannot tidy up.
	if err := os.WriteFile(filepath.Join(dir, unfinishedPrefix+"model-00002-of-00002.safetensors-123"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), sink, small(func(e *Export) { e.MaxShardBytes = 8 })); err != nil || strings.Contains(names(t, dir), unfinishedPrefix) {
		t.Errorf("files %s, error %v", names(t, dir), err)
	}
	inspect(t, dir)
}

// TestWriteRefusals checks what is refused before anything is written.
func TestWriteRefusals(t *testing.T) {
	for want, change := range map[string]func(*Export){
		"config.json: it is an array; valid: an object":  func(e *Export) { e.Config = []byte("[]") },
		"generation_config.json: it is not JSON":         func(e *Export) { e.GenerationConfig = []byte("x") },
		`dtype "F64" cannot be written`:                  func(e *Export) { e.DType = safetensors.F64 },
		"there are no tensors":                           func(e *Export) { e.Tensors = nil },
		"is not a plain name":                            func(e *Export) { e.Files = map[string][]byte{"../x": nil} },
		"file config.json is the model's own":            func(e *Export) { e.Files = map[string][]byte{"config.json": nil} },
		"file model.safetensors is the model's own; it ": func(e *Export) { e.Files = map[string][]byte{"model.safetensors": nil} },
	} {
		dir := filepath.Join(t.TempDir(), "x")
		if err := Write(t.Context(), LocalSink(dir), small(change)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: the folder was made", want)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{Write(t.Context(), LocalSink(file), small(nil)), CheckTarget(t.Context(), LocalSink(filepath.Join(file, "x")), true)} {
		if err == nil || !strings.Contains(err.Error(), "not a directory") {
			t.Errorf("into a file: %v", err)
		}
	}
}

// TestLocal checks what is not a regular file of a folder.
func TestLocal(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "config.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for folder, want := range map[string]string{
		dir: "not a regular file", filepath.Join(dir, "none"): "no such folder", filepath.Join(dir, "file"): "no such folder: it is a file",
	} {
		if _, err := Inspect(t.Context(), Local(folder)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), folder) {
			t.Errorf("%s: %v, want %q", folder, err, want)
		}
	}
	if _, err := TokenizerFiles(t.Context(), Local(filepath.Join(dir, "none"))); err == nil || !strings.Contains(err.Error(), "no such folder") {
		t.Errorf("tokenizer files of no folder: %v", err)
	}
	if files, err := TokenizerFiles(t.Context(), Local(dir)); err != nil || len(files) != 0 {
		t.Errorf("tokenizer files of a folder without: %v, %v", files, err)
	}
	for _, name := range []string{"../" + filepath.Base(dir) + "/file", "", "."} {
		if _, err := Local(dir).Open(t.Context(), name); err == nil {
			t.Errorf("%q was opened", name)
		}
	}
	// Hugging Face's cache is made of links.
	if err := os.Symlink(filepath.Join(dir, "file"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	f, err := Local(dir).Open(t.Context(), "link")
	if err != nil || f.Size() != 1 {
		t.Fatalf("a link: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

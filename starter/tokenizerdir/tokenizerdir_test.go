package tokenizerdir

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write makes a folder with files.
func write(t *testing.T, texts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRead(t *testing.T) {
	both := write(t, map[string]string{"tokenizer.json": "1", "tokenizer.bin": "2", "model.safetensors": "3", "chat_template.jinja": "4"})
	binary := write(t, map[string]string{"tokenizer.bin": "2", "other.json": "5"})
	for path, want := range map[string][]string{
		both: {"chat_template.jinja", "tokenizer.bin", "tokenizer.json"}, binary: {"tokenizer.bin"},
		both + "/tokenizer.json": {"tokenizer.json"}, binary + "/other.json": {"tokenizer.json"}, both + "/tokenizer.bin": {"tokenizer.bin"},
	} {
		files, err := Read(path)
		if got := slices.Sorted(maps.Keys(files)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", path, got, err, want)
		}
	}
}

func TestOpen(t *testing.T) {
	for _, name := range []string{"bytes", "synthetic"} {
		if tok, err := Open(name); err != nil || tok.Name() != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	empty, bad := t.TempDir(), write(t, map[string]string{"tokenizer.json": "{", "weights.pt": ""})
	for name, want := range map[string]string{
		"byte":              "read tokenizer: stat byte: no such file or directory; built-in vocabularies: synthetic, bytes",
		empty + "/no":       "read tokenizer: stat " + empty + "/no: no such file or directory",
		empty:               "read tokenizer: the folder " + empty + " has none of tokenizer.json, tokenizer_config.json, ",
		bad:                 bad + ": read tokenizer: tokenizer.json: ",
		bad + "/weights.pt": "read tokenizer: " + bad + "/weights.pt is no tokenizer; valid: a folder, a tokenizer.json or a .bin file",
	} {
		_, err := Open(name)
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

// Package tokenizerdir reads tokenizers that are named on a command line: a
// local folder in Hugging Face layout, a single file, or a built-in vocabulary.
package tokenizerdir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"temper/model/pretrained"
	"temper/model/tokenizer"
)

// Read returns the files of the tokenizer at path, by base name: those of
// pretrained.TokenizerNames that a folder has, or the one file that path names.
func Read(path string) (map[string][]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read tokenizer: %w", err)
	}
	if !info.IsDir() {
		return readFile(path)
	}
	files, err := pretrained.TokenizerFiles(context.Background(), pretrained.Local(path))
	if err != nil {
		return nil, fmt.Errorf("read tokenizer: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("read tokenizer: the folder %s has none of %s", path, strings.Join(pretrained.TokenizerNames, ", "))
	}
	return files, nil
}

func readFile(path string) (map[string][]byte, error) {
	name, ok := tokenizer.SingleFile(path)
	if !ok {
		return nil, fmt.Errorf("read tokenizer: %s is no tokenizer; valid: a folder, a tokenizer.json or a .bin file", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read tokenizer: %w", err)
	}
	return map[string][]byte{name: data}, nil
}

// Open returns the tokenizer that name names: a built-in vocabulary, or what Read
// finds there. A folder that has the name of a built-in vocabulary is "./NAME".
func Open(name string) (tokenizer.Tokenizer, error) {
	if tok, err := tokenizer.New(name); err == nil {
		return tok, nil
	}
	files, err := Read(name)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsRune(name, filepath.Separator) {
		return nil, fmt.Errorf("%w; built-in vocabularies: %s, %s", err, tokenizer.Synthetic, tokenizer.Bytes)
	}
	if err != nil {
		return nil, err
	}
	tok, err := tokenizer.FromFiles(files)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return tok, nil
}

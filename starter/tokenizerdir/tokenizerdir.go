// Package tokenizerdir reads tokenizers that are named on a command line: a
// local folder in Hugging Face layout, a single file, or a built-in vocabulary.
package tokenizerdir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"temper/model/tokenizer"
)

// Names are the files of a tokenizer in Hugging Face layout. None of them has to
// be there but those that the others need.
var Names = []string{
	"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json", "merges.txt",
	"added_tokens.json", "chat_template.jinja", "tokenizer.bin",
}

// Read returns the files of the tokenizer at path, by base name: those of Names
// that a folder has, or the one file that path names.
func Read(path string) (map[string][]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read tokenizer: %w", err)
	}
	if !info.IsDir() {
		if !strings.HasSuffix(path, ".json") && !strings.HasSuffix(path, ".bin") {
			return nil, fmt.Errorf("read tokenizer: %s is no tokenizer; valid: a folder, a tokenizer.json or a .bin file", path)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read tokenizer: %w", err)
		}
		name := filepath.Base(path)
		if strings.HasSuffix(path, ".json") {
			name = "tokenizer.json" // whatever it is called, it is of this kind
		}
		return map[string][]byte{name: data}, nil
	}
	files := map[string][]byte{}
	for _, name := range Names {
		data, err := os.ReadFile(filepath.Join(path, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read tokenizer: %w", err)
		}
		files[name] = data
	}
	if _, ok := files["tokenizer.json"]; ok || len(files) > 1 {
		delete(files, "tokenizer.bin") // another form of the same vocabulary
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("read tokenizer: the folder %s has none of %s", path, strings.Join(Names, ", "))
	}
	return files, nil
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

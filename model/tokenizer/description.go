package tokenizer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"unicode/utf8"

	"temper/model/library/jsonkind"
)

// description is the JSON form of a vocabulary.
type description struct {
	Name string `json:"name"`
	// Match is how text is cut: "longest" token at each position.
	Match string `json:"match"`
	Pad   int32  `json:"pad"`
	EOS   int32  `json:"eos"`
	// Tokens are the texts of the IDs 0, 1, 2, and so on.
	Tokens []string `json:"tokens"`
	// ByteTokens says that 256 tokens, one for each byte value from 0, follow Tokens.
	ByteTokens bool `json:"byte_tokens"`
}

func (v *vocabulary) JSON() []byte {
	return encodeJSON(description{Name: v.name, Match: "longest", Pad: padID, EOS: eosID, Tokens: v.texts, ByteTokens: v.hasBytes})
}

// storedFiles is the JSON form of a loaded vocabulary: all its files, those that
// are not UTF-8 in base64.
type storedFiles struct {
	Name   string            `json:"name"`
	Files  map[string]string `json:"files"`
	Base64 map[string][]byte `json:"base64,omitempty"`
}

func (t *loaded) JSON() []byte {
	stored := storedFiles{Name: t.name, Files: map[string]string{}, Base64: map[string][]byte{}}
	for name, data := range t.files {
		if utf8.Valid(data) {
			stored.Files[name] = string(data)
		} else {
			stored.Base64[name] = data
		}
	}
	return encodeJSON(stored)
}

func encodeJSON(description any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // tokens such as <pad> stay readable
	encoder.SetIndent("", " ")
	if err := encoder.Encode(description); err != nil { // strings and integers always have a JSON form
		panic(fmt.Sprintf("tokenizer JSON: %v", err))
	}
	return text.Bytes()
}

// Parse returns the vocabulary that data, made by Tokenizer.JSON, describes. It
// is an error if this program's vocabulary of that name, or what the stored
// files give, is another one: the IDs of a checkpoint trained with it would then
// mean something else.
func Parse(data []byte) (Tokenizer, error) {
	var stored storedFiles
	if err := jsonkind.Decode(data, &stored); err != nil {
		return nil, fmt.Errorf("parse tokenizer: %w", err)
	}
	if stored.Files != nil {
		return parseFiles(stored)
	}
	tok, err := New(stored.Name)
	if err != nil {
		return nil, fmt.Errorf("parse tokenizer: %w", err)
	}
	if !bytes.Equal(bytes.TrimSpace(data), bytes.TrimSpace(tok.JSON())) {
		return nil, fmt.Errorf("parse tokenizer: the stored vocabulary %q differs from this program's vocabulary of that name", stored.Name)
	}
	return tok, nil
}

func parseFiles(stored storedFiles) (Tokenizer, error) {
	files := map[string][]byte{}
	for name, text := range stored.Files {
		files[name] = []byte(text)
	}
	maps.Copy(files, stored.Base64)
	tok, err := FromFiles(files)
	if err != nil {
		return nil, fmt.Errorf("parse tokenizer: %w", err)
	}
	if tok.Name() != stored.Name {
		return nil, fmt.Errorf("parse tokenizer: the stored files of %q are those of %q", stored.Name, tok.Name())
	}
	return tok, nil
}

package tokenizer

import (
	"bytes"
	"encoding/json"
	"fmt"
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
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // tokens such as <pad> stay readable
	encoder.SetIndent("", " ")
	d := description{Name: v.name, Match: "longest", Pad: padID, EOS: eosID, Tokens: v.texts, ByteTokens: v.hasBytes}
	if err := encoder.Encode(d); err != nil { // a struct of strings and integers always has a JSON form
		panic(fmt.Sprintf("tokenizer JSON: %v", err))
	}
	return text.Bytes()
}

// Parse returns the vocabulary that data, made by Tokenizer.JSON, describes. It
// is an error if this program's vocabulary of that name is another one: the IDs
// of a checkpoint trained with it would then mean something else.
func Parse(data []byte) (Tokenizer, error) {
	var stored description
	if err := json.Unmarshal(data, &stored); err != nil {
		return nil, fmt.Errorf("parse tokenizer: %w", err)
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

// Package tokenizer turns text into token IDs and back.
//
// Two vocabularies exist. "synthetic" has the 53 tokens of the synthetic task;
// "bytes" has the chat tokens and one token for each of the 256 bytes, so that
// it takes any text. Both take, at each position, the longest token that
// matches. A byte-level BPE that is read from a tokenizer.json fills the same
// interface; nothing outside this package depends on how a vocabulary matches.
//
// A chat prompt and its response read, with their tokens:
//
//	<user>9a-2b-3?<asst><think>soa9-2=7nextb7-3=4</think>\boxed{4}<eos>
//
// There is no token for the beginning of a sequence.
package tokenizer

import (
	"fmt"
	"strings"
)

// The chat tokens, which every vocabulary has as single tokens, in this order
// and with the IDs 0 to 6.
const (
	PadToken       = "<pad>"
	EOSToken       = "<eos>"
	UserToken      = "<user>"
	AssistantToken = "<asst>"
	ThinkToken     = "<think>"
	EndThinkToken  = "</think>"
	BoxToken       = `\boxed{`
)

// Tokenizer is one vocabulary.
type Tokenizer interface {
	// Encode returns the token IDs of text. The text of a chat token becomes
	// that token; nothing is added at either end. The error names the first
	// character that the vocabulary lacks, with its byte offset, and the
	// vocabulary's name.
	Encode(text string) ([]int32, error)
	// Decode returns the text of ids, chat tokens included, so that
	// Decode(Encode(text)) is text. Bytes are kept as they are: ids that end
	// within a character give a string that ends within a character. It panics
	// if an ID is not below VocabSize.
	Decode(ids []int32) string
	// VocabSize is the number of tokens; IDs run from 0 to VocabSize-1.
	VocabSize() int
	// EOS is the ID of the token that ends a sequence.
	EOS() int32
	// Pad is the ID that fills rows to a common length. It is never part of a text.
	Pad() int32
	// Name is the name that New takes.
	Name() string
	// JSON describes the vocabulary completely. It is stored beside a
	// checkpoint and read by Parse, so that a checkpoint says what its IDs mean.
	JSON() []byte
}

// The names that New takes.
const (
	Synthetic = "synthetic"
	Bytes     = "bytes"
)

// New returns the vocabulary of that name. The error lists the valid names.
func New(name string) (Tokenizer, error) {
	switch name {
	case Synthetic:
		return newVocabulary(Synthetic, syntheticTokens(), false), nil
	case Bytes:
		return newVocabulary(Bytes, chatTokens(), true), nil
	}
	return nil, fmt.Errorf("tokenizer %q: valid values are %s, %s", name, Synthetic, Bytes)
}

func chatTokens() []string {
	return []string{PadToken, EOSToken, UserToken, AssistantToken, ThinkToken, EndThinkToken, BoxToken}
}

// syntheticTokens lists the vocabulary of the synthetic task in the order of its
// IDs: chat tokens, the frame of a program, words, single characters.
func syntheticTokens() []string {
	tokens := append(chatTokens(), "def f(x):", "return ")
	tokens = append(tokens, "so", "then", "now", "next", "check", "ok", "wait", "hmm")
	return append(tokens, strings.Split("0123456789+-*/%=()[]{},.:;? \nfxabcde", "")...)
}

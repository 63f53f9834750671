// Package tokenizer turns text into token IDs and back.
//
// Two vocabularies are built in. "synthetic" has the 53 tokens of the synthetic
// task; "bytes" has the chat tokens and one token for each of the 256 bytes, so
// that it takes any text. Both take, at each position, the longest token that
// matches. Every other vocabulary is read from files by FromFiles: byte pair
// encoding as in Hugging Face's tokenizer.json (byte-level as Qwen2.5, GPT-2,
// Llama 3 and DeepSeek have it, or over characters with byte fallback as Llama 2,
// Mistral and Gemma have it; WordPiece and Unigram are refused) and
// llama2.c's binary vocabularies. Nothing outside this package depends on how a
// vocabulary matches.
//
// With the built-in vocabularies a chat prompt and its response read, with
// their tokens:
//
//	<user>9a-2b-3?<asst><think>soa9-2=7nextb7-3=4</think>\boxed{4}<eos>
//
// A text of a loaded vocabulary becomes IDs in these steps, each of which is
// one file of this package:
//
//	added tokens that match the text as it is     added.go
//	normalization, on the text between them       normalize.go, forms.go
//	added tokens that match normalized text       added.go
//	cutting into words                            cuts.go, split.go, words.go
//	merging the symbols of each word              merge.go, wordcache.go
package tokenizer

import (
	"fmt"
	"strings"
)

// The chat tokens, which every built-in vocabulary has as single tokens, in
// this order and with the IDs 0 to 6.
const (
	PadToken       = "<pad>"
	EOSToken       = "<eos>"
	UserToken      = "<user>"
	AssistantToken = "<asst>"
	ThinkToken     = "<think>"
	EndThinkToken  = "</think>"
	BoxToken       = `\boxed{`
)

// NoToken is the ID that EOS, BOS and Pad return where there is no such token.
const NoToken int32 = -1

// unknownText is what an ID that is no token's is decoded to.
const unknownText = "\ufffd"

// CheckFit refuses a tokenizer of so many tokens for a model whose embedding has
// so many rows: one with more tokens cannot be fed, and one that leaves more than
// a quarter of the rows without a token, where padding leaves a few, is another
// model's.
func CheckFit(tokens, rows int) error {
	const valid = "valid: the tokenizer that the model was trained with"
	switch {
	case tokens > rows:
		return fmt.Errorf("the tokenizer has %d tokens, but the model's embedding only %d rows (vocab_size); %s", tokens, rows, valid)
	case 4*tokens < 3*rows:
		return fmt.Errorf("the tokenizer has only %d tokens for the %d rows of the model's embedding (vocab_size): it is another model's; %s", tokens, rows, valid)
	}
	return nil
}

// Tokenizer is one vocabulary. It is safe for concurrent use.
type Tokenizer interface {
	// Encode returns the token IDs of text. The text of a chat token or added
	// token becomes that token; nothing is added at either end. The error names
	// the first character or byte that the vocabulary lacks and the
	// vocabulary's name. A vocabulary that has a token for every byte takes any
	// text, UTF-8 or not.
	Encode(text string) ([]int32, error)
	// Decode returns the text of ids, chat tokens and special tokens included,
	// so that Decode(Encode(text)) is text, normalized where the vocabulary
	// normalizes. Bytes are kept as they are: ids that end within a character
	// give a string that ends within a character, which strings.ToValidUTF8
	// mends. A vocabulary that puts a space before a text (Llama 2) takes it off
	// the beginning of what it decodes, so a text that continues another is
	// decoded with it. What a vocabulary drops or replaces does not come back,
	// such as ▁, which stands for a space in one with Metaspace. An ID that is not below VocabSize is U+FFFD: embeddings are
	// often larger than the vocabulary, and such an ID can be sampled.
	Decode(ids []int32) string
	// VocabSize is the number of tokens, added tokens included; IDs run from 0
	// to VocabSize-1.
	VocabSize() int
	// EOS is the ID of the token that ends a sequence, or NoToken.
	EOS() int32
	// BOS is the ID of the token with which every sequence begins, or NoToken.
	// Encode never adds it.
	BOS() int32
	// Pad is the ID that fills rows to a common length. Where the files name
	// none it is EOS, or llama2.c's unknown token.
	Pad() int32
	// ID returns the ID of the token whose text, as Decode gives it, is token.
	// Added tokens come first, then the lowest ID. It searches the vocabulary:
	// look an ID up once and keep it.
	ID(token string) (int32, bool)
	// Special lists, in the order of their IDs, the texts that Encode turns into
	// tokens that frame a text and are no part of it: the added tokens that the
	// files call special, or the chat tokens without BoxToken.
	Special() []string
	// Name is the name that New takes; of a loaded vocabulary it tells the kind,
	// the size and the digest of the file that defines the IDs.
	Name() string
	// Files are the files that FromFiles got, whole; nil for a built-in
	// vocabulary. The caller must not change them.
	Files() map[string][]byte
	// JSON describes the vocabulary completely. It is stored beside a
	// checkpoint and read by Parse, so that a checkpoint says what its IDs mean.
	JSON() []byte
}

// The names that New takes.
const (
	Synthetic = "synthetic"
	Bytes     = "bytes"
)

// New returns the built-in vocabulary of that name. The error lists the valid names.
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

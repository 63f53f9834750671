package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"temper/activities/objectstore"
	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/tokenizer"
)

// Vocabulary is a run's tokenizer with the tokens that end a response. It is
// stored as JSON; inputs name it by its ref wherever text becomes tokens or the
// reverse.
type Vocabulary struct {
	// Tokenizer is a document that tokenizer.Parse reads.
	Tokenizer artifact.Ref `json:"tokenizer"`
	// End is put after the responses that SFT learns from.
	End int32 `json:"end"`
	// EOS are the tokens that end a response when it is sampled, End among them.
	EOS []int32 `json:"eos"`

	tok tokenizer.Tokenizer
}

// PutVocabulary stores a tokenizer, with end ("" for the tokenizer's own) and
// more tokens that end responses.
func PutVocabulary(ctx context.Context, store objectstore.Store, tok tokenizer.Tokenizer, end string, more []int32) (Vocabulary, artifact.Ref, error) {
	v := Vocabulary{End: tok.EOS(), tok: tok}
	if end != "" {
		id, ok := tok.ID(end)
		if !ok {
			return v, artifact.Ref{}, UserErrorf("prompt.end is %q, which is not a token of the tokenizer", end)
		}
		v.End = id
	}
	if v.End < 0 {
		return v, artifact.Ref{}, UserErrorf("tokenizer: it names no end-of-sequence token; name one as prompt.end, or as eos_token in its tokenizer_config.json")
	}
	for _, id := range append([]int32{v.End, tok.EOS()}, more...) {
		if id >= 0 && !slices.Contains(v.EOS, id) {
			v.EOS = append(v.EOS, id)
		}
	}
	var err error
	if v.Tokenizer, err = store.Put(ctx, tok.JSON()); err != nil {
		return v, artifact.Ref{}, err
	}
	data, err := json.Marshal(v)
	if err != nil {
		return v, artifact.Ref{}, fmt.Errorf("encode vocabulary: %w", err)
	}
	ref, err := store.Put(ctx, data)
	return v, ref, err
}

// maxVocabularies is the number of parsed vocabularies that are kept: a run has one.
const maxVocabularies = 4

// vocabularies keeps parsed vocabularies: a large one takes a good part of a second.
type vocabularies struct {
	mu     sync.Mutex
	parsed map[artifact.Ref]Vocabulary
}

// vocabulary reads a stored vocabulary.
func (a *Activities) vocabulary(ctx context.Context, ref artifact.Ref) (Vocabulary, error) {
	if v, ok := a.vocabularies.find(ref); ok {
		return v, nil
	}
	v, err := readVocabulary(ctx, a.Store, ref) // two that look for it at the same time both read it, and none waits for the other
	if err != nil {
		return v, err
	}
	a.vocabularies.keep(ref, v)
	return v, nil
}

// readVocabulary reads and parses a stored vocabulary.
func readVocabulary(ctx context.Context, store rows.Blobs, ref artifact.Ref) (v Vocabulary, err error) {
	data, err := store.Get(ctx, ref)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return v, fmt.Errorf("decode vocabulary: %w", err)
	}
	if data, err = store.Get(ctx, v.Tokenizer); err != nil {
		return v, err
	}
	v.tok, err = tokenizer.Parse(data)
	return v, err
}

func (v *vocabularies) find(ref artifact.Ref) (Vocabulary, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	found, ok := v.parsed[ref]
	return found, ok
}

func (v *vocabularies) keep(ref artifact.Ref, parsed Vocabulary) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.parsed)%maxVocabularies == 0 { // none yet, or enough
		v.parsed = map[artifact.Ref]Vocabulary{}
	}
	v.parsed[ref] = parsed
}

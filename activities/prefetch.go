package activities

import (
	"context"
	"regexp"
	"strconv"
	"sync"

	"temper/model/artifact"
)

// namedRef is a ref as it stands in a document.
var namedRef = regexp.MustCompile(`"key":"(blobs/sha256/[0-9a-f]{2}/[0-9a-f]{64})","sha256":"([0-9a-f]{64})","size":([0-9]+)`)

// maxPrefetched is how many of the blobs that an input names are read ahead.
const maxPrefetched = 256

// warmer is a store that keeps blobs in memory.
type warmer interface {
	Warm(ctx context.Context, refs []artifact.Ref)
}

// inParts is the input of work that records parts of itself.
type inParts interface{ inParts() }

func (GenerateRolloutsInput) inParts() {}
func (TrainSFTInput) inParts()         {}

// firstPartKey is for the first part of a task, as it was read ahead.
type firstPartKey struct{}

// firstPart is what the store has under the key of a task's first part.
type firstPart struct {
	key  string
	data []byte
	err  error
}

// prefetch reads what a task's input names, and the first of its parts, while its record is looked for, if the store keeps
// blobs. wait waits for it, and returns a context that has the part.
func (a *Activities) prefetch(ctx context.Context, t task, key string, input []byte) (wait func() context.Context) {
	warm, ok := a.Store.(warmer)
	if !ok {
		return func() context.Context { return ctx }
	}
	var refs []artifact.Ref
	for _, match := range namedRef.FindAllSubmatch(input, maxPrefetched) {
		if size, err := strconv.ParseInt(string(match[3]), 10, 64); err == nil {
			refs = append(refs, artifact.Ref{Key: string(match[1]), SHA256: string(match[2]), Size: size})
		}
	}
	var reading sync.WaitGroup
	reading.Go(func() { warm.Warm(ctx, refs) })
	first := firstPart{}
	if _, ok := t.input.(inParts); ok {
		first.key = partKey(partsPrefix(key), 0)
		reading.Go(func() { first.data, first.err = a.Store.Read(ctx, first.key) })
	}
	return func() context.Context {
		reading.Wait()
		return context.WithValue(ctx, firstPartKey{}, first)
	}
}

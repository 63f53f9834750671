package tokenizer

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync/atomic"
)

const (
	cacheSlots    = 1 << 16
	maxCachedWord = 48 // bytes; longer words rarely come again
)

// wordCache remembers the IDs of words. Each word has one slot, where a later
// word replaces an earlier one, so the cache is bounded; slots are replaced
// whole, so it needs no lock. What Encode returns does not depend on it.
type wordCache struct {
	seed  maphash.Seed
	slots []atomic.Pointer[cachedWord]
}

type cachedWord struct {
	word string
	ids  []int32
}

func newWordCache() *wordCache {
	return &wordCache{seed: maphash.MakeSeed(), slots: make([]atomic.Pointer[cachedWord], cacheSlots)}
}

func (c *wordCache) slot(word string) *atomic.Pointer[cachedWord] {
	return &c.slots[maphash.String(c.seed, word)%cacheSlots]
}

// remember stores copies, so that neither a whole text nor its IDs are kept alive.
func remember(slot *atomic.Pointer[cachedWord], word string, ids []int32) {
	slot.Store(&cachedWord{word: strings.Clone(word), ids: slices.Clone(ids)})
}

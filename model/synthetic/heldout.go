package synthetic

import "hash/fnv"

// HeldOut reports whether a problem identity belongs to the held-out fifth,
// which no training data contain: h = FNV-1a 32 of the identity, then
// h ^= h>>16; held out if h mod 10 is below 2. Identities are "m:9a-2b-3" (the
// whole expression) and "c:2*x+3" (the function).
func HeldOut(identity string) bool { return identityHash(identity)%10 < 2 }

func identityHash(identity string) uint32 {
	sum := fnv.New32a()
	sum.Write([]byte(identity)) // a hash never returns an error
	h := sum.Sum32()
	return h ^ h>>16
}

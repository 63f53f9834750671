package recipe

import (
	"crypto/sha256"
	"encoding/binary"
)

// DeriveSeed returns the seed of one use of a run's seed: the first 8 bytes,
// little endian, of the SHA-256 of the seed and the label. Uses with different
// labels are independent of each other.
func DeriveSeed(seed uint64, label string) uint64 {
	sum := sha256.Sum256(append(binary.LittleEndian.AppendUint64([]byte("temper derived seed v1"), seed), label...))
	return binary.LittleEndian.Uint64(sum[:8])
}

package rollout

import (
	"crypto/sha256"
	"encoding/binary"
)

// seedDomain separates these hashes from all other uses of SHA-256, and names
// the version of the derivation: a change of it changes every rollout.
const seedDomain = "temper rollout seed v1"

// Seed returns the key of the random stream of one rollout: the first 8 bytes,
// little endian, of the SHA-256 of seedDomain, runSeed, the length of stage,
// stage, step, problem and sample, with integers as 8 bytes little endian.
// Streams of different rollouts are so independent for all purposes, and no
// stream depends on how many rollouts there are or on where they are computed.
func Seed(runSeed uint64, stage string, step, problem, sample int) uint64 {
	buf := []byte(seedDomain)
	buf = binary.LittleEndian.AppendUint64(buf, runSeed)
	buf = binary.LittleEndian.AppendUint64(buf, uint64(len(stage)))
	buf = append(buf, stage...)
	for _, field := range []int{step, problem, sample} {
		buf = binary.LittleEndian.AppendUint64(buf, uint64(int64(field)))
	}
	sum := sha256.Sum256(buf)
	return binary.LittleEndian.Uint64(sum[:8])
}

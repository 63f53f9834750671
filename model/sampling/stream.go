package sampling

import "math/rand/v2"

// stream is the random stream of one rollout: one uniform number per token.
type stream struct{ pcg *rand.PCG }

// pcgSequence is the second half of every stream's PCG state (2^64 / golden ratio).
const pcgSequence = 0x9e3779b97f4a7c15

func newStream(seed uint64) stream { return stream{rand.NewPCG(seed, pcgSequence)} }

// uniform returns the next number of [0, 1), a multiple of 2^-53.
func (s stream) uniform() float64 { return float64(s.pcg.Uint64()>>11) / (1 << 53) }

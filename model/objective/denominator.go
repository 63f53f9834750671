package objective

// divisors are what the token terms of each sequence are divided by under
// Denominator; 0 for sequences that do not belong or have no token in the loss.
//
//	batch_tokens     N, all tokens in the loss
//	group_tokens     tokens of the sequence's group * groups with a token in the loss
//	sequence_tokens  tokens of the sequence * B
//	sequences        B
//	constant         B * constant
//	sum              constant
//
// B is the number of sequences that belong; whether those without a token in the
// loss are among them is MaskedSequences.
func (s Settings) divisors(b Batch, belongs func(*Sequence) bool) []float64 {
	tokens := make([]float64, len(b.Sequences))
	var all, sequences, groupsInLoss float64
	groupTokens := map[int]float64{}
	for i := range b.Sequences {
		q := &b.Sequences[i]
		if !belongs(q) {
			continue
		}
		tokens[i] = float64(q.inLoss())
		if tokens[i] > 0 && groupTokens[q.Group] == 0 {
			groupsInLoss++
		}
		all += tokens[i]
		groupTokens[q.Group] += tokens[i]
		if tokens[i] > 0 || s.MaskedSequences == Count {
			sequences++
		}
	}
	for i, n := range tokens {
		if n == 0 {
			continue
		}
		switch s.Denominator {
		case BatchTokens:
			tokens[i] = all
		case GroupTokens:
			tokens[i] = groupTokens[b.Sequences[i].Group] * groupsInLoss
		case SequenceTokens:
			tokens[i] = n * sequences
		case Sequences:
			tokens[i] = sequences
		case Constant:
			tokens[i] = sequences * s.Constant
		case Sum:
			tokens[i] = s.Constant
		}
	}
	return tokens
}

package objective

import "cmp"

// WithDefaults fills every absent field that has a default. The result of
// settings with a kind that Table does not have is for Check alone.
func (s Settings) WithDefaults() Settings {
	s.Kind = cmp.Or(s.Kind, "grpo")
	if own := Table[s.Kind].Defaults; own != nil {
		own(&s)
	}
	s.Advantage.Baseline = cmp.Or(s.Advantage.Baseline, GroupMean)
	if s.Advantage.Baseline != GroupMean {
		s.Advantage.Std = cmp.Or(s.Advantage.Std, NoStd)
	}
	s.Advantage.Std = cmp.Or(s.Advantage.Std, SampleStd)
	s.Advantage.Epsilon = cmp.Or(s.Advantage.Epsilon, 1e-6)
	s.Clip.Low = cmp.Or(s.Clip.Low, 0.2)
	s.Clip.High = cmp.Or(s.Clip.High, s.Clip.Low)
	s.Denominator = cmp.Or(s.Denominator, BatchTokens)
	s.Constant = cmp.Or(s.Constant, 1)
	s.MaskedSequences = cmp.Or(s.MaskedSequences, Count)
	s.KL.In = cmp.Or(s.KL.In, InLoss)
	if s.KL.In == InReward {
		s.KL.Estimator = cmp.Or(s.KL.Estimator, K1)
	}
	s.KL.Estimator = cmp.Or(s.KL.Estimator, K3)
	s.KL.Reference = cmp.Or(s.KL.Reference, StageReference)
	s.Overlong.Handling = cmp.Or(s.Overlong.Handling, Keep)
	s.Overlong.Factor = cmp.Or(s.Overlong.Factor, 1)
	s.Updates.MiniBatches = cmp.Or(s.Updates.MiniBatches, 1)
	s.Updates.Epochs = cmp.Or(s.Updates.Epochs, 1)
	s.Value.Coefficient = cmp.Or(s.Value.Coefficient, 1)
	s.Value.Gamma = cmp.Or(s.Value.Gamma, 1)
	s.Value.Lambda = cmp.Or(s.Value.Lambda, 1)
	s.Value.Whiten = cmp.Or(s.Value.Whiten, WhitenBatch)
	s.NFT.PromptWeight = cmp.Or(s.NFT.PromptWeight, WeightNone)
	s.NFT.NegativeWeight = cmp.Or(s.NFT.NegativeWeight, 1)
	s.NFT.Clamp = cmp.Or(s.NFT.Clamp, 1)
	s.NFT.Ratio = cmp.Or(s.NFT.Ratio, TokenRatio)
	s.UFT.Schedule = cmp.Or(s.UFT.Schedule, ScheduleCosine)
	s.UFT.Pieces = cmp.Or(s.UFT.Pieces, 5)
	s.UFT.First = cmp.Or(s.UFT.First, 0.95)
	s.UFT.Last = cmp.Or(s.UFT.Last, 0.05)
	s.SRFT.SFTSign = cmp.Or(s.SRFT.SFTSign, Minus)
	s.SRFT.RLSign = cmp.Or(s.SRFT.RLSign, Plus)
	s.SRFT.SFTWeight = cmp.Or(s.SRFT.SFTWeight, 0.5)
	s.SRFT.RLWeight = cmp.Or(s.SRFT.RLWeight, 0.1)
	s.SRFT.Demonstration = cmp.Or(s.SRFT.Demonstration, Shaped)
	s.SRFT.Own = cmp.Or(s.SRFT.Own, LogProbability)
	s.CHORD.TokenWeight = cmp.Or(s.CHORD.TokenWeight, WeightNone)
	return s
}

package main

import "temper/model/transformer"

// trainFLOPs is what one token of a row of the given length costs in forward
// and backward pass together (Chowdhery et al. 2022, PaLM, appendix B):
//
//	6·N + 12·L·H·Q·S
//
// with N the parameters that multiply (an untied embedding is only looked up),
// L layers, H heads of Q elements and S tokens per row. The causal mask is not
// discounted, and recomputation for gradient checkpointing does not count.
func trainFLOPs(c transformer.Config, length int) float64 {
	n := float64(c.NumParams())
	if !c.TieWordEmbeddings {
		n -= float64(c.VocabSize * c.HiddenSize)
	}
	return 6*n + 12*float64(c.NumHiddenLayers*c.NumAttentionHeads*c.HeadSize()*length)
}

// utilisation is the share of the peak rate (FLOP/s) that training at the given
// tokens per second uses; 0 where the peak is not known.
func utilisation(c transformer.Config, length int, tokensPerSecond, peak float64) float64 {
	if peak <= 0 {
		return 0
	}
	return trainFLOPs(c, length) * tokensPerSecond / peak
}

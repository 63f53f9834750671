// Package compute counts what a decoder computes: floating-point operations by
// formula, from the network's shape and the lengths of what goes through it. It
// measures nothing and knows no clock, so that a plan and a finished run are
// counted alike.
//
// A multiply-add is two operations, and only products count: those of the layers'
// matrices, of attention, and of the head. A pass over N tokens costs
//
//	forward   2·M·tokens + 4·L·H·Q·pairs + 2·D·V·targets
//	training  3 times that; with gradient checkpointing the layers' part 4 times
//
// M is the number of elements of all layers' matrices, L the layers, H the heads of Q
// elements, D the hidden size and V the vocabulary. pairs are those of a token and a token
// that it attends to, itself included: n(n+1)/2 in a row of n, since the causal mask hides the rest.
// targets are the tokens whose logits are wanted; the embedding is only looked up.
//
// Kaplan et al. 2020 (arXiv 2001.08361, §2.1) give 2·N + 2·L·n·D for a token at position n
// forward, and twice that backward; Chowdhery et al. 2022 (PaLM, arXiv 2204.02311, appendix B)
// 6·N + 12·L·H·Q·n for training, without discount for the mask. Both count the
// head for every token. Chen et al. 2016 (arXiv 1604.06174) compute the layers a second time.
package compute

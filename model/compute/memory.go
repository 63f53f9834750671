package compute

import "math"

// Batch is a micro-batch as the gradient pass sees it.
type Batch struct {
	// Slots are those of all its rows, Row those of one.
	Slots, Row float64
	// LogitSlots is for how many slots logits exist at a time; 0 means for all.
	LogitSlots float64
	// Checkpointed computes layers twice, Packed has several rows in one, HeadNorms are norms of queries and keys (Qwen3).
	Checkpointed, Packed, HeadNorms bool
}

// Activations is how many numbers the gradient pass of a micro-batch has to keep at the same time. It is the account of
// package train's graphs, which its TestMemory holds against what our CPU backend lays out; other backends may need more.
func (s Shape) Activations(b Batch) float64 {
	d, wide := float64(s.Hidden), float64(s.Intermediate)
	q, kv := float64(s.Heads*s.HeadSize), float64(s.KeyValueHeads*s.HeadSize)
	// A layer keeps its two states and their norms; queries and what they gather; keys
	// and values; and the two projections of the feed-forward part, whose backward pass
	// needs as much again twice.
	layer, within := 4*d+2*q+2*kv+2*wide, max(4*wide+6*d, 12*d)
	if b.HeadNorms {
		layer += q + kv // before their norms
	}
	kept := float64(s.Layers) * layer
	if b.Checkpointed {
		kept, within = float64(s.Layers)*d, within+layer
	}
	chunk := b.Slots
	if b.LogitSlots > 0 {
		chunk = min(chunk, b.LogitSlots)
	}
	head := 3*chunk*float64(s.Vocabulary) + 7*d*b.Slots
	n := b.Slots*kept + max(b.Slots*within, head) + float64(s.Vocabulary)*d
	if b.Packed {
		n += math.Floor(b.Slots * b.Row / 2) // a byte for every pair, and what it is made of
	}
	return n
}

// Logits that exist at a time, at most, where nothing else is asked for: on a CPU, and on an accelerator.
const (
	CPULogits    = 4 << 20
	DeviceLogits = 512 << 20
)

// leastLogitSlots: with few rows matrix products are slow.
const leastLogitSlots = 64

// LogitSlots is for how many of a number of slots logits exist at a time, where there may be so many logits; 0 for all of them.
func LogitSlots(vocabulary, slots, logits int) int {
	chunk := logits / max(1, vocabulary)
	if chunk >= slots {
		return 0
	}
	return max(leastLogitSlots, chunk/leastLogitSlots*leastLogitSlots)
}

// Drawing is how many numbers the drawing of rows responses together keeps beside weights and caches: prompts of so many
// slots are read prefill at a time, a row's cache has slots. fused says that attention keeps no scores. It is the account of
// package sampling's graphs.
func (s Shape) Drawing(rows, prefill, prompt, slots float64, fused bool) float64 {
	d, wide, heads := float64(s.Hidden), float64(s.Intermediate), float64(s.Heads*s.HeadSize)
	tokens := prefill * prompt
	// Queries, keys and values, and where attention is not fused the scores and their
	// softmax of all pairs of slots; or the feed-forward part.
	attention := tokens * 6 * max(d, heads)
	if !fused {
		attention += 2 * prefill * float64(s.Heads) * prompt * prompt
	}
	read := max(attention, tokens*(math.Floor(7*wide/2)+7*d))
	// A layer's keys are copied once.
	draw := rows*slots*float64(s.KeyValueHeads*s.HeadSize) + rows*(3*wide+7*d)
	logits := (2*rows+2*prefill+4)*float64(s.Vocabulary) + 2*slots*float64(s.HeadSize)
	return max(read, draw) + logits
}

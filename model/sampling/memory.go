package sampling

import (
	"strings"

	"temper/model/backend"
	"temper/model/memory"
	"temper/model/transformer"
)

// Memory is what a generator takes beside the policy's own weights, for so many
// responses to prompts of at most prompt tokens. With Consume it takes the place of
// the weights, of which only the embedding stays. What XLA takes on its device is not
// known here.
func (o Options) Memory(c transformer.Config, responses, prompt, maxResponse int) (memory.Estimate, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	promptSlots, err := bucket(prompt, o.PromptBuckets)
	if err != nil {
		return nil, err
	}
	slots, err := bucket(max(promptSlots, prompt+maxResponse-1), o.CacheBuckets)
	if err != nil {
		return nil, err
	}
	instances := min(o.Instances, responses)
	if instances < 1 {
		instances = 1
	}
	cache := func(rows, slots int) int {
		return rows * c.NumKeyValueHeads * (keyDim(c) + valueDim(c)) * slots * c.NumHiddenLayers
	}
	heads := c.NumAttentionHeads * max(keyDim(c), valueDim(c))
	tokens := o.PrefillRows * promptSlots
	// Scores and their softmax, of all pairs of slots; or the feed-forward part.
	prefill := max(2*o.PrefillRows*c.NumAttentionHeads*promptSlots*promptSlots+tokens*6*max(c.HiddenSize, heads),
		tokens*(7*padded(c.IntermediateSize)/2+7*c.HiddenSize))
	// A layer's keys are copied once.
	decode := o.Rows*c.NumKeyValueHeads*keyDim(c)*slots + o.Rows*(3*padded(c.IntermediateSize)+7*c.HiddenSize)
	logits := (2*o.Rows+2*o.PrefillRows+4)*padded(c.VocabSize) + 2*slots*keyDim(c)
	estimate := memory.Estimate{
		{Name: "arranged weights", Bytes: arrangedBytes(c)},
		{Name: "caches", Bytes: 4 * int64(instances) * int64(cache(o.Rows, slots)+cache(o.PrefillRows, promptSlots))},
		{Name: "activations", Bytes: 4 * int64(instances) * int64(max(prefill, decode)+logits)},
	}
	if o.Consume {
		estimate = append(estimate, memory.Part{Name: "embedding", Bytes: 4 * int64(c.VocabSize) * int64(c.HiddenSize)})
	}
	switch {
	case strings.HasPrefix(o.Backend, backend.XLA):
		estimate[1].Bytes, estimate[2].Bytes = 0, 0
	case !strings.HasPrefix(o.Backend, backend.CPU):
		estimate[2].Bytes *= 3 // nothing is planned there
	}
	return estimate, nil
}

// arrangedBytes is the size of what arrange makes, without the embedding.
func arrangedBytes(c transformer.Config) int64 {
	d, wide := c.HiddenSize, padded(c.IntermediateSize)
	q, k, v := c.NumAttentionHeads*keyDim(c), c.NumKeyValueHeads*keyDim(c), c.NumKeyValueHeads*valueDim(c)
	layer := (d+1)*(2*q+2*k+v) + c.NumAttentionHeads*valueDim(c)*d + 3*wide*d
	return 4 * (int64(c.NumHiddenLayers)*int64(layer) + int64(d)*int64(padded(c.VocabSize)))
}

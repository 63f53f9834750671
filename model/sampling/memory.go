package sampling

import (
	"strings"

	"temper/model/backend"
	"temper/model/library/cpu"
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
		n := 0
		for _, shape := range c.CacheShapes(rows, slots) {
			n += shape.Size()
		}
		return n
	}
	fused := strings.HasPrefix(o.Backend, backend.CPU) && c.HeadSize() <= cpu.WidestHead
	values := c.Shape().Drawing(float64(o.Rows), float64(o.PrefillRows), float64(promptSlots), float64(slots), fused)
	estimate := memory.Estimate{
		{Name: "arranged weights", Bytes: arrangedBytes(c)},
		{Name: "caches", Bytes: 4 * int64(instances) * int64(cache(o.Rows, slots)+cache(o.PrefillRows, promptSlots))},
		{Name: "activations", Bytes: 4 * int64(instances) * int64(values)},
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

// arrangedBytes is the size of the matrices that Weights.Decoding copies.
func arrangedBytes(c transformer.Config) int64 {
	n := int64(0)
	for _, p := range c.DecodingParams()[1:] { // the first is the embedding
		if len(p.Shape) == 2 {
			n += int64(p.Size())
		}
	}
	return 4 * n
}

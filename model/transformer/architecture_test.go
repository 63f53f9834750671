package transformer

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/backend"
)

// addArchitecture adds a kind of decoder for one test, as a line in the table does.
func addArchitecture(t *testing.T, a architecture) {
	t.Helper()
	before := architectures
	architectures = append(architectures[:len(before):len(before)], a)
	t.Cleanup(func() { architectures = before })
}

// TestArchitectureIsAddedInOnePlace adds a kind of decoder that no other is like, by
// its value alone: it is read, checked, differentiated and decoded.
func TestArchitectureIsAddedInOnePlace(t *testing.T) {
	addArchitecture(t, architecture{
		modelType: "sample", family: "Sample", class: "SampleForCausalLM", qkvBias: true, mlpBias: true, qkNorm: true,
		defaults: Config{HiddenAct: "silu", RopeTheta: 50, RMSNormEps: 1e-5, MaxPositionEmbeddings: 64, HeadDim: 6},
	})
	c, err := ParseConfig([]byte(`{"model_type":"sample","architectures":["SampleModel"],"vocab_size":11,"hidden_size":15,"intermediate_size":9,
		"num_hidden_layers":2,"num_attention_heads":3,"mlp_bias":true}`))
	if err != nil {
		t.Fatal(err)
	}
	w := randomWeights(c)
	if err := arrange(source{tensors: tensorsOf(w)}.Tensors()).match(c); err != nil {
		t.Error(err)
	}
	_, _, byHand := differentiate(t, w, false)
	_, _, automatic := differentiate(t, w, true)
	compareGradients(t, c, byHand, automatic, 1e-5)
	checkDecoding(t, backend.CPU, w)
}

// TestDecodingIsForward holds prefill and decode to the forward pass, on our backend
// and on GoMLX's, which has no fused attention.
func TestDecodingIsForward(t *testing.T) {
	for _, w := range []*Weights{referenceWeights(true), referenceWeights(false), llamaWeights(), normedWeights(), biasedWeights()} {
		for _, on := range []string{backend.CPU, backend.GoSequential} {
			checkDecoding(t, on, w)
		}
	}
}

// checkDecoding reads two rows by prefill, of different lengths, and the rest of both
// token by token, and compares the logits after every token that it has them of.
func checkDecoding(t *testing.T, on string, w *Weights) {
	t.Helper()
	c, lengths := w.Config, []int32{2, 5}
	rows, all := len(referenceRows), len(referenceRows[0])
	want := forwardLogits(t, w, referenceRows)
	b, err := backend.Open(on)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	var args []any
	values := w.Decoding(false)
	for i, s := range c.DecodingParams() {
		args = append(args, tensors.FromFlatDataAndDimensions(values[i], s.Shape...))
	}
	const slots = 16
	steps := 0
	out, err := graph.CallOnceN(b, func(in []*graph.Node) []*graph.Node {
		g, p := in[0].Graph(), c.DecodingInputs(in)
		logits, prefilled := c.Prefill(p, graph.Const(g, referenceRows), graph.Const(g, lengths))
		var empty []*graph.Node
		for _, shape := range c.CacheShapes(rows, slots) {
			empty = append(empty, graph.Zeros(g, shape))
		}
		cache, results := c.Admit(empty, prefilled, graph.Const(g, []int32{1, 0})), []*graph.Node{logits} // rows change places
		for at := lengths; int(at[0]) < all && int(at[1]) < all; at = []int32{at[0] + 1, at[1] + 1} {
			tokens := []int32{referenceRows[1][at[1]], referenceRows[0][at[0]]}
			logits, cache = c.Decode(p, graph.Const(g, tokens), graph.Const(g, []int32{at[1], at[0]}), cache)
			results = append(results, logits)
			steps++
		}
		return results
	}, args...)
	if err != nil {
		t.Fatal(err)
	}
	compare := func(got []float32, row, slot int) {
		t.Helper()
		if d := maxDiff(t, got, want[(row*all+slot)*c.VocabSize:][:c.VocabSize], nil); d > 1e-5 {
			t.Errorf("%s on %s: logits after token %d of row %d differ by %.2g", c.ModelType, on, slot, row, d)
		}
	}
	for step := range steps + 1 {
		logits, err := tensors.CopyFlatData[float32](out[step])
		if err != nil {
			t.Fatal(err)
		}
		first, second := logits[:c.VocabSize], logits[c.VocabSize:]
		if step == 0 { // of the prefill, whose rows are in their places
			first, second = second, first
		}
		compare(second, 0, int(lengths[0])-1+step)
		compare(first, 1, int(lengths[1])-1+step)
	}
}

package transformer

import (
	"errors"
	"flag"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"temper/model/library/safetensors"
)

var update = flag.Bool("update", false, "write testdata anew from the double-precision reference")

var referenceRows = [][]int32{{3, 1, 4, 1, 5, 9, 2, 6, 5}, {2, 7, 1, 8, 2, 8, 1, 8, 0}}

// referenceWeights are random weights of a tiny network with grouped queries;
// biases and norm weights are random too, so that no gradient is trivial.
func referenceWeights(tied bool) *Weights {
	c := Config{
		ModelType: "qwen2", HiddenAct: "silu", VocabSize: 11, HiddenSize: 16, IntermediateSize: 20, NumHiddenLayers: 2,
		NumAttentionHeads: 4, NumKeyValueHeads: 2, MaxPositionEmbeddings: 64, RopeTheta: 100, RMSNormEps: 1e-5, TieWordEmbeddings: tied,
	}
	return randomWeights(c)
}

// llamaWeights are random weights of a tiny Llama, with heads that together are
// wider than the state and rotary frequencies on both sides of, and within, the
// blend that llama3 scaling makes.
func llamaWeights() *Weights {
	c := referenceWeights(true).Config
	c.ModelType, c.HeadDim = "llama", 6
	c.RopeScaling = &RopeScaling{RopeType: RopeLlama3, Factor: 4, LowFreqFactor: 0.5, HighFreqFactor: 2, OriginalMaxPositionEmbeddings: 16}
	return randomWeights(c)
}

// normedWeights are random weights of a tiny Qwen3 with biases, and with heads
// turned by yarn, which also scales them.
func normedWeights() *Weights {
	c := referenceWeights(false).Config
	c.ModelType, c.HeadDim, c.AttentionBias = "qwen3", 6, true
	c.RopeScaling = &RopeScaling{RopeType: RopeYarn, Factor: 4, BetaFast: 4, OriginalMaxPositionEmbeddings: 16}
	return randomWeights(c)
}

// biasedWeights are random weights of a tiny Llama with every bias there is.
func biasedWeights() *Weights {
	c := llamaWeights().Config
	c.AttentionBias, c.MLPBias = true, true
	return randomWeights(c)
}

func randomWeights(c Config) *Weights {
	w := NewWeights(c, InitSpec{EmbeddingStd: 0.5, OutputGain: 1}, 11)
	other := NewWeights(c, InitSpec{EmbeddingStd: 0.5, OutputGain: 1}, 12)
	for i, p := range c.Params() {
		if len(p.Shape) == 1 {
			for j := range w.Tensors[i] {
				w.Tensors[i][j] += 0.5 * other.Tensors[0][j]
			}
		}
	}
	return w
}

// meanLossGradient is the gradient of the mean negative log-likelihood with
// respect to logits [B*S, vocab], and the loss itself, for next-token targets.
func meanLossGradient(logits, tokens *graph.Node) (loss, dLogits *graph.Node) {
	g, d := tokens.Graph(), tokens.Shape().Dimensions
	vocab := logits.Shape().Dimensions[1]
	next := graph.Concatenate([]*graph.Node{graph.Slice(tokens, graph.AxisRange(), graph.AxisRange(1)), graph.Zeros(g, shapes.Make(dtypes.Int32, d[0], 1))}, 1)
	counts := graph.ConvertDType(graph.LessThan(graph.Iota(g, shapes.Make(dtypes.Int32, d...), 1), graph.Scalar(g, dtypes.Int32, int32(d[1]-1))), dtypes.Float32)
	weights := graph.Reshape(graph.DivScalar(counts, float64(d[0]*(d[1]-1))), -1, 1)
	onehot := graph.OneHot(graph.Reshape(next, -1), vocab, dtypes.Float32)
	loss = graph.Neg(graph.ReduceAllSum(graph.Mul(weights, graph.Mul(onehot, graph.LogSoftmax(logits)))))
	return loss, graph.Mul(weights, graph.Sub(graph.Softmax(logits), onehot))
}

// differentiate returns loss, logits and gradients: by Differentiate, or by
// GoMLX's automatic differentiation of the same forward pass.
func differentiate(t *testing.T, w *Weights, automatic bool) (loss float32, logits []float32, grads [][]float32) {
	t.Helper()
	out := evaluate(t, w, []any{referenceRows}, func(p Nodes, in []*graph.Node) []*graph.Node {
		pass := Pass{Tokens: in[0]}
		if automatic {
			logits := graph.Reshape(w.Config.Logits(p, w.Config.Forward(p, pass)), -1, w.Config.VocabSize)
			loss, _ := meanLossGradient(logits, in[0])
			var params []*graph.Node
			for _, s := range w.Config.Params() {
				params = append(params, p[s.Name])
			}
			return append([]*graph.Node{loss, logits}, graph.Gradient(loss, params...)...)
		}
		var loss, logits *graph.Node
		grads := w.Config.Differentiate(p, pass, func(z *graph.Node, from int) (dLogits *graph.Node) {
			logits = z
			loss, dLogits = meanLossGradient(z, in[0])
			return dLogits
		})
		return append([]*graph.Node{loss, logits}, grads...)
	})
	return out[0][0], out[1], out[2:]
}

func compareGradients(t *testing.T, c Config, got, want [][]float32, tolerance float64) {
	t.Helper()
	for i, p := range c.Params() {
		largest := 0.0
		for _, v := range want[i] {
			largest = max(largest, math.Abs(float64(v)))
		}
		if d := maxDiff(t, got[i], want[i], nil); d > tolerance*max(largest, 1e-2) {
			t.Errorf("gradient of %s is off by %.2g; its largest element is %.2g", p.Name, d, largest)
		}
	}
}

// TestReference compares loss, logits and gradients with testdata, which the
// double-precision reference wrote (go test -run TestReference -update).
func TestReference(t *testing.T) {
	for name, w := range map[string]*Weights{"tied": referenceWeights(true), "untied": referenceWeights(false), "llama": llamaWeights()} {
		t.Run(name, func(t *testing.T) {
			path := "testdata/reference_" + name + ".safetensors"
			if *update {
				writeReference(t, path, w)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			tensors, metadata, err := safetensors.Decode(data)
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(tensors, func(x safetensors.Tensor) bool { return x.Name == "logits" })
			wantLogits := tensors[at].Data
			want, err := WeightsFrom(w.Config, slices.Delete(tensors, at, at+1))
			if err != nil {
				t.Fatal(err)
			}
			loss, logits, grads := differentiate(t, w, false)
			if got := strconv.FormatFloat(newReference(w).loss(referenceRows), 'g', 12, 64); got != metadata["loss"] {
				t.Errorf("the reference now gives loss %s, testdata has %s", got, metadata["loss"])
			}
			wantLoss, err := strconv.ParseFloat(metadata["loss"], 64)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(float64(loss)-wantLoss) > 1e-6 {
				t.Errorf("loss %v, want %v", loss, wantLoss)
			}
			if d := maxDiff(t, logits, wantLogits, nil); d > 5e-6 {
				t.Errorf("logits differ by %.2g", d)
			}
			compareGradients(t, w.Config, grads, want.Tensors, 1e-5)
		})
	}
}

func writeReference(t *testing.T, path string, w *Weights) {
	t.Helper()
	r := newReference(w)
	var logits []float32
	for _, row := range referenceRows {
		for _, z := range r.logits(row) {
			for _, v := range z {
				logits = append(logits, float32(v))
			}
		}
	}
	n := len(referenceRows) * len(referenceRows[0])
	tensors := []safetensors.Tensor{{Name: "logits", Shape: []int{n, w.Config.VocabSize}, Data: logits}}
	grads := r.gradient(referenceRows)
	for i, p := range w.Config.Params() {
		tensors = append(tensors, safetensors.Tensor{Name: p.Name, Shape: p.Shape, Data: grads[i]})
	}
	loss := strconv.FormatFloat(r.loss(referenceRows), 'g', 12, 64)
	if err := os.Mkdir("testdata", 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, safetensors.Encode(tensors, map[string]string{"loss": loss}), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestDifferentiateIsAutomatic holds the hand-written backward pass equal to
// automatic differentiation of the forward pass.
func TestDifferentiateIsAutomatic(t *testing.T) {
	for _, w := range []*Weights{referenceWeights(true), referenceWeights(false), llamaWeights(), normedWeights(), biasedWeights()} {
		_, _, byHand := differentiate(t, w, false)
		_, _, automatic := differentiate(t, w, true)
		compareGradients(t, w.Config, byHand, automatic, 1e-5)
	}
}

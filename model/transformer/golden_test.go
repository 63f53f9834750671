package transformer

import (
	"bytes"
	"math"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/backend"
	"temper/model/goldentest"
	"temper/model/goldentest/weights"
)

type golden struct {
	Batch struct {
		InputIDs      [][]int32 `json:"input_ids"`
		AttentionMask [][]int   `json:"attention_mask"`
	} `json:"batch"`
	Packed struct {
		InputIDs    []int32 `json:"input_ids"`
		PositionIDs []int32 `json:"position_ids"`
		SegmentIDs  []int32 `json:"segment_ids"`
	} `json:"packed"`
	HiddenStatesRow0 []struct {
		Shape  []int     `json:"shape"`
		Sum    float64   `json:"sum"`
		AbsSum float64   `json:"abs_sum"`
		First8 []float64 `json:"first8"`
	} `json:"hidden_states_row0"`
	HiddenLast8 [][]float64 `json:"hidden_states_row0_last_token_first8"`
}

func loadGolden(t *testing.T, m goldentest.Model) (g golden) {
	t.Helper()
	goldentest.JSON(t, m.Dir+"/golden/golden.json", &g)
	return g
}

// loadWeights reads a checkpoint of one file or several; dir is relative to goldentest.Dir.
func loadWeights(t *testing.T, dir string) *Weights {
	t.Helper()
	c, err := ParseConfig(goldentest.Read(t, dir+"/config.json"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(goldentest.Dir(t), dir, "*.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	var src source
	for _, file := range files {
		src.tensors = append(src.tensors, weights.Read(t, filepath.Join(dir, filepath.Base(file)))...)
	}
	w, err := LoadWeights(t.Context(), c, src)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// evaluate runs a graph function on the CPU backend over the parameters of w
// and the given inputs, and returns its outputs.
func evaluate(t *testing.T, w *Weights, inputs []any, fn func(p Nodes, in []*graph.Node) []*graph.Node) [][]float32 {
	t.Helper()
	return evaluateOn(t, backend.CPU, w, inputs, fn)
}

func evaluateOn(t *testing.T, config string, w *Weights, inputs []any, fn func(p Nodes, in []*graph.Node) []*graph.Node) [][]float32 {
	t.Helper()
	backend, err := backend.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	specs := w.Config.Params()
	exec, err := graph.NewExec(backend, func(nodes []*graph.Node) []*graph.Node {
		return fn(w.Config.Inputs(nodes), nodes[len(specs):])
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	var args []any
	for i, s := range specs {
		args = append(args, tensors.FromFlatDataAndDimensions(w.Tensors[i], s.Shape...))
	}
	outputs, err := exec.Call(append(args, inputs...)...)
	if err != nil {
		t.Fatal(err)
	}
	var values [][]float32
	for _, o := range outputs {
		v, err := tensors.CopyFlatData[float32](o)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	return values
}

// forwardLogits runs the network on rows with positions from 0 and the plain
// causal mask.
func forwardLogits(t *testing.T, w *Weights, tokens [][]int32) []float32 {
	t.Helper()
	return evaluate(t, w, []any{tokens}, func(p Nodes, in []*graph.Node) []*graph.Node {
		return []*graph.Node{w.Config.Logits(p, w.Config.Forward(p, Pass{Tokens: in[0]}))}
	})[0]
}

func maxDiff(t *testing.T, got, want []float32, use func(i int) bool) float64 {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d values, want %d", len(got), len(want))
	}
	worst := 0.0
	for i := range got {
		if use == nil || use(i) {
			worst = max(worst, math.Abs(float64(got[i])-float64(want[i])))
		}
	}
	return worst
}

// TestGoldenLogits compares logits, log-probabilities and entropies with
// Hugging Face's at every position that is not padding.
func TestGoldenLogits(t *testing.T) {
	for _, m := range goldentest.Models(t) {
		t.Run(m.Name, func(t *testing.T) {
			g, w := loadGolden(t, m), loadWeights(t, m.Dir+"/model_fp32")
			logits := forwardLogits(t, w, g.Batch.InputIDs)
			want, dims := goldentest.NPY(t, m.Dir+"/golden/logits.npy")
			seq, vocab := dims[1], dims[2]
			real := func(b, s int) bool { return g.Batch.AttentionMask[b][s] == 1 }
			check := func(what string, got, want []float32, use func(i int) bool, tolerance float64) {
				t.Helper()
				if d := maxDiff(t, got, want, use); d > tolerance {
					t.Errorf("%s differ by %.2g, more than %.2g", what, d, tolerance)
				} else {
					t.Logf("%s: max difference %.2g", what, d)
				}
			}
			check("logits", logits, want, func(i int) bool { return real(i/vocab/seq, i/vocab%seq) }, m.Tolerance)
			for _, temperature := range []string{"1.0", "0.7"} {
				want, _ := goldentest.NPY(t, m.Dir+"/golden/logprob_T"+temperature+".npy")
				got := make([]float32, len(want))
				for i := range got {
					b, s := i/(seq-1), i%(seq-1)
					logprobs, _ := distribution(logits[(b*seq+s)*vocab:][:vocab], temperature)
					got[i] = float32(logprobs[g.Batch.InputIDs[b][s+1]])
				}
				check("log-probs at T "+temperature, got, want, func(i int) bool { return real(i/(seq-1), i%(seq-1)+1) }, 2*m.Tolerance)
			}
			for _, temperature := range []string{"1.0", "0.85", "0.6"} {
				want, _ := goldentest.NPY(t, m.Dir+"/golden/entropy_T"+temperature+".npy")
				got := make([]float32, len(want))
				for i := range got {
					_, entropy := distribution(logits[i*vocab:][:vocab], temperature)
					got[i] = float32(entropy)
				}
				check("entropies at T "+temperature, got, want, func(i int) bool { return real(i/seq, i%seq) }, 4*m.Tolerance)
			}
			bf16, _ := goldentest.NPY(t, m.Dir+"/golden/bf16_weights_fp32_compute_logits.npy")
			check("logits of bf16 weights", forwardLogits(t, loadWeights(t, m.Dir+"/model_bf16"), g.Batch.InputIDs), bf16,
				func(i int) bool { return real(i/vocab/seq, i/vocab%seq) }, m.Tolerance)
		})
	}
}

// distribution returns log_softmax(logits/T) and its entropy in nats.
func distribution(logits []float32, temperature string) (logprobs []float64, entropy float64) {
	T, err := strconv.ParseFloat(temperature, 64)
	if err != nil {
		panic(err)
	}
	highest, sum := math.Inf(-1), 0.0
	for _, z := range logits {
		highest = max(highest, float64(z)/T)
	}
	for _, z := range logits {
		sum += math.Exp(float64(z)/T - highest)
	}
	logprobs = make([]float64, len(logits))
	for i, z := range logits {
		logprobs[i] = float64(z)/T - highest - math.Log(sum)
		entropy -= math.Exp(logprobs[i]) * logprobs[i]
	}
	return logprobs, entropy
}

// TestGoldenPacked checks that two sequences in one row, with positions that
// start anew and a block-diagonal mask, give the logits that each gives alone.
func TestGoldenPacked(t *testing.T) {
	for _, m := range goldentest.Models(t) {
		t.Run(m.Name, func(t *testing.T) {
			g, w := loadGolden(t, m), loadWeights(t, m.Dir+"/model_fp32")
			in := []any{[][]int32{g.Packed.InputIDs}, [][]int32{g.Packed.PositionIDs}, [][]int32{g.Packed.SegmentIDs}}
			packed := evaluate(t, w, in, func(p Nodes, in []*graph.Node) []*graph.Node {
				return []*graph.Node{w.Config.Logits(p, w.Config.Forward(p, Pass{Tokens: in[0], Positions: in[1], Segments: in[2]}))}
			})[0]
			want, _ := goldentest.NPY(t, m.Dir+"/golden/packed_logits.npy")
			if d := maxDiff(t, packed, want, nil); d > m.Tolerance {
				t.Errorf("packed logits differ by %.2g from the reference", d)
			}
			var alone []float32
			for start := 0; start < len(g.Packed.InputIDs); {
				end := start + 1
				for end < len(g.Packed.InputIDs) && g.Packed.SegmentIDs[end] == g.Packed.SegmentIDs[start] {
					end++
				}
				alone = append(alone, forwardLogits(t, w, [][]int32{g.Packed.InputIDs[start:end]})...)
				start = end
			}
			if d := maxDiff(t, packed, alone, nil); d > m.Tolerance {
				t.Errorf("packed logits differ by %.2g from those of the sequences alone", d)
			}
			want, _ = goldentest.NPY(t, m.Dir+"/golden/unpacked_logits.npy")
			if d := maxDiff(t, alone, want, nil); d > m.Tolerance {
				t.Errorf("logits of the sequences alone differ by %.2g from the reference", d)
			}
		})
	}
}

// TestGoldenHiddenStates compares the states between the layers.
func TestGoldenHiddenStates(t *testing.T) {
	for _, m := range goldentest.Models(t) {
		t.Run(m.Name, func(t *testing.T) {
			g, w := loadGolden(t, m), loadWeights(t, m.Dir+"/model_fp32")
			row := g.Batch.InputIDs[:1]
			states := evaluate(t, w, []any{row}, func(p Nodes, in []*graph.Node) []*graph.Node {
				states, _ := newNetwork(w.Config, p, Pass{Tokens: in[0]}).forward()
				return states
			})
			if len(states) != len(g.HiddenStatesRow0) {
				t.Fatalf("%d hidden states, want %d", len(states), len(g.HiddenStatesRow0))
			}
			for i, want := range g.HiddenStatesRow0 {
				sum, absSum := 0.0, 0.0
				for _, v := range states[i] {
					sum += float64(v)
					absSum += math.Abs(float64(v))
				}
				if math.Abs(sum-want.Sum) > 1e-5*want.AbsSum || math.Abs(absSum-want.AbsSum) > 1e-5*want.AbsSum {
					t.Errorf("state %d: sum %v and absolute sum %v, want %v and %v", i, sum, absSum, want.Sum, want.AbsSum)
				}
				last := len(states[i]) - w.Config.HiddenSize
				for j := range want.First8 {
					if math.Abs(float64(states[i][j])-want.First8[j]) > m.Tolerance {
						t.Errorf("state %d: element %d is %v, want %v", i, j, states[i][j], want.First8[j])
					}
					if math.Abs(float64(states[i][last+j])-g.HiddenLast8[i][j]) > m.Tolerance {
						t.Errorf("state %d: element %d of the last token is %v, want %v", i, j, states[i][last+j], g.HiddenLast8[i][j])
					}
				}
			}
		})
	}
}

// TestGoldenSharded checks that a sharded checkpoint gives the same weights.
func TestGoldenSharded(t *testing.T) {
	for _, m := range goldentest.Models(t) {
		t.Run(m.Name, func(t *testing.T) {
			whole, sharded := loadWeights(t, m.Dir+"/model_fp32"), loadWeights(t, m.Dir+"/model_fp32_sharded")
			if !bytes.Equal(whole.Encode(), sharded.Encode()) {
				t.Error("the sharded checkpoint has other weights")
			}
		})
	}
}

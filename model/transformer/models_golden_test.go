package transformer

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"temper/model/goldentest"
	"temper/model/goldentest/weights"
)

// familyGolden is what transformers 5 computed in double precision.
type familyGolden struct {
	InputIDs      [][]int32 `json:"input_ids"`
	AttentionMask [][]int   `json:"attention_mask"`
	LossMask      [][]int   `json:"loss_mask"`
	Loss          float64   `json:"loss"`
}

// TestGoldenFamilies compares logits, log-probabilities, loss and the gradients of
// all parameters with those of transformers, by its tolerances for float32.
func TestGoldenFamilies(t *testing.T) {
	for _, dir := range goldentest.Families(t) {
		t.Run(dir, func(t *testing.T) {
			var g familyGolden
			goldentest.JSON(t, dir+"/golden/golden.json", &g)
			w := loadWeights(t, dir+"/model")
			logits, loss, grads := familyGradients(t, w, g)
			checkFamilyLogits(t, g, logits, dir+"/golden/logits.npy", 3e-5)
			checkFamilyLogProbs(t, g, logits, dir+"/golden/logprob.npy")
			if math.Abs(loss-g.Loss) > 1e-5 {
				t.Errorf("loss %v, want %v", loss, g.Loss)
			}
			want, err := WeightsFrom(w.Config, weights.Read(t, dir+"/golden/grads.safetensors"))
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range w.Config.Params() {
				for j, v := range want.Tensors[i] {
					if d := math.Abs(float64(grads[i][j] - v)); d > 3e-6+1e-5*math.Abs(float64(v)) {
						t.Errorf("gradient of %s, element %d: %v, want %v", p.Name, j, grads[i][j], v)
						break
					}
				}
			}
		})
	}
	dir := "qwen3/untied_gqa"
	var g familyGolden
	goldentest.JSON(t, dir+"/golden/golden.json", &g)
	checkFamilyLogits(t, g, forwardLogits(t, loadWeights(t, dir+"/model_bf16"), g.InputIDs), dir+"/golden/bf16_weights_logits.npy", 3e-5)
}

// familyGradients are logits, loss and gradients of the mean of -log p over the
// targets that the loss mask names.
func familyGradients(t *testing.T, w *Weights, g familyGolden) (logits []float32, loss float64, grads [][]float32) {
	t.Helper()
	rows, seq := len(g.InputIDs), len(g.InputIDs[0])
	next, weights, count := make([]int32, rows*seq), make([]float32, rows*seq), 0
	for b, row := range g.LossMask {
		for s, counts := range row[1:] {
			next[b*seq+s], weights[b*seq+s] = g.InputIDs[b][s+1], float32(counts)
			count += counts
		}
	}
	out := evaluate(t, w, []any{g.InputIDs, next, weights}, func(p Nodes, in []*graph.Node) []*graph.Node {
		var logits, loss *graph.Node
		grads := w.Config.Differentiate(p, Pass{Tokens: in[0]}, func(z *graph.Node, _ int) *graph.Node {
			onehot := graph.OneHot(in[1], w.Config.VocabSize, dtypes.Float32)
			weights := graph.DivScalar(graph.Reshape(in[2], -1, 1), float64(count))
			logits, loss = z, graph.Neg(graph.ReduceAllSum(graph.Mul(weights, graph.Mul(onehot, graph.LogSoftmax(z)))))
			return graph.Mul(weights, graph.Sub(graph.Softmax(z), onehot))
		})
		return append([]*graph.Node{logits, loss}, grads...)
	})
	return out[0], float64(out[1][0]), out[2:]
}

// checkFamilyLogits compares the logits of all tokens that are no padding.
func checkFamilyLogits(t *testing.T, g familyGolden, logits []float32, file string, tolerance float64) {
	t.Helper()
	want, dims := goldentest.NPY(t, file)
	seq, vocab := dims[1], dims[2]
	worst := maxDiff(t, logits, want, func(i int) bool { return g.AttentionMask[i/vocab/seq][i/vocab%seq] == 1 })
	if worst > tolerance {
		t.Errorf("logits differ by %.2g, more than %.2g", worst, tolerance)
	}
	t.Logf("logits: largest difference %.2g", worst)
}

func checkFamilyLogProbs(t *testing.T, g familyGolden, logits []float32, file string) {
	t.Helper()
	want, dims := goldentest.NPY(t, file)
	seq := dims[1] + 1
	vocab := len(logits) / len(g.InputIDs) / seq
	for i, v := range want {
		b, s := i/dims[1], i%dims[1]
		if g.AttentionMask[b][s+1] == 0 {
			continue
		}
		got, _ := distribution(logits[(b*seq+s)*vocab:][:vocab], "1")
		if d := math.Abs(got[g.InputIDs[b][s+1]] - float64(v)); d > 2e-5 {
			t.Errorf("log-probability of token %d of row %d is off by %.2g", s+1, b, d)
		}
	}
}

// TestWindowIsRefused checks that a Mistral whose layers see a window is refused by
// the field's name, and that one with room for all positions is not.
func TestWindowIsRefused(t *testing.T) {
	config := string(goldentest.Read(t, "mistral/window_6/model/config.json"))
	_, err := ParseConfig([]byte(config))
	if want := "sliding_window is 6; only null is supported, or a window of at least max_position_embeddings (128) tokens"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q", err, want)
	}
	if _, err := ParseConfig([]byte(strings.Replace(config, `"sliding_window": 6`, `"sliding_window": 128`, 1))); err != nil {
		t.Error(err)
	}
	for window, want := range map[string]string{`127`: "is 127", `"x"`: `is "x"; valid: a whole number, null`} {
		if _, err := ParseConfig([]byte(strings.Replace(config, `"sliding_window": 6`, `"sliding_window": `+window, 1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	absent := strings.Replace(strings.Replace(config, `"sliding_window": 6,`, "", 1), `"max_position_embeddings": 128`, `"max_position_embeddings": 5000`, 1)
	if _, err := ParseConfig([]byte(absent)); err == nil || !strings.Contains(err.Error(), "sliding_window is left out, which means 4096") {
		t.Errorf("got %v", err)
	}
}

// ropeGolden is what transformers 5 computed with one rotary scaling.
type ropeGolden struct {
	InputIDs  []int32   `json:"input_ids"`
	Weights   string    `json:"weights"`
	Scale     float64   `json:"attention_scaling"`
	Frequency []float64 `json:"inv_freq"`
	LogProb   []float64 `json:"logprob"`
}

// TestGoldenRope compares frequencies, their scale, logits and log-probabilities of
// both spellings of every scaling.
func TestGoldenRope(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(goldentest.Dir(t), "rope/*/golden.json"))
	if err != nil || len(paths) < 28 {
		t.Fatalf("%d goldens (%v)", len(paths), err)
	}
	for _, path := range paths {
		dir := "rope/" + filepath.Base(filepath.Dir(path))
		t.Run(dir, func(t *testing.T) {
			var g ropeGolden
			goldentest.JSON(t, dir+"/golden.json", &g)
			for _, file := range []string{"/model/config.json", "/config_old.json"} {
				c, err := ParseConfig(goldentest.Read(t, dir+file))
				if strings.Contains(dir, "dynamic") {
					if err == nil || !strings.Contains(err.Error(), `type is "dynamic", whose frequencies change with the length of the text; supported are "default", "linear", "llama3" and "yarn"`) {
						t.Errorf("%s: got %v", file, err)
					}
					continue
				}
				if err != nil {
					t.Fatalf("%s: %v", file, err)
				}
				if again, err := ParseConfig(c.JSON()); err != nil || !slices.Equal(again.JSON(), c.JSON()) {
					t.Errorf("%s became %s (%v)", c.JSON(), again.JSON(), err)
				}
				checkRope(t, c, g, dir+"/logits.npy")
			}
		})
	}
}

func checkRope(t *testing.T, c Config, g ropeGolden, logitsFile string) {
	t.Helper()
	checkFrequencies(t, c, g.Frequency, g.Scale)
	w, err := DecodeWeights(c, goldentest.Read(t, "rope/"+g.Weights))
	if err != nil {
		t.Fatal(err)
	}
	want, _ := goldentest.NPY(t, logitsFile)
	logits := forwardLogits(t, w, [][]int32{g.InputIDs})
	if d := maxDiff(t, logits, want, nil); d > 1e-4 {
		t.Errorf("logits differ by %.2g", d)
	}
	for s, v := range g.LogProb {
		got, _ := distribution(logits[s*c.VocabSize:][:c.VocabSize], "1")
		if d := math.Abs(got[g.InputIDs[s+1]] - v); d > 1e-4 {
			t.Errorf("log-probability of token %d is off by %.2g", s+1, d)
		}
	}
}

func checkFrequencies(t *testing.T, c Config, frequencies []float64, scale float64) {
	t.Helper()
	if math.Abs(c.RotaryScale()-scale) > 1e-12 {
		t.Errorf("turned queries and keys are scaled by %v, want %v", c.RotaryScale(), scale)
	}
	got := c.RotaryFrequencies()
	if len(got) != len(frequencies) {
		t.Fatalf("%d frequencies, want %d", len(got), len(frequencies))
	}
	for i, want := range frequencies {
		if math.Abs(float64(got[i])-want) > 1e-6*want {
			t.Errorf("frequency %d is %v, want %v", i, got[i], want)
		}
	}
}

// TestGoldenRopeSettings compares the frequencies that the settings of real models give.
func TestGoldenRopeSettings(t *testing.T) {
	var cases []struct {
		Name         string         `json:"name"`
		HeadDim      int            `json:"head_dim"`
		MaxPositions int            `json:"max_position_embeddings"`
		Rope         map[string]any `json:"rope_parameters"`
		Scale        float64        `json:"attention_scaling"`
		Frequency    []float64      `json:"inv_freq"`
	}
	goldentest.JSON(t, "rope/frequencies.json", &cases)
	for _, g := range cases {
		if g.Rope["rope_type"] == "dynamic" {
			continue
		}
		t.Run(g.Name, func(t *testing.T) {
			c, err := ParseConfig(encodeJSON(t, map[string]any{
				"model_type": "llama", "vocab_size": 11, "hidden_size": 4 * g.HeadDim, "intermediate_size": 20, "num_hidden_layers": 2,
				"num_attention_heads": 4, "max_position_embeddings": g.MaxPositions, "rope_parameters": g.Rope,
			}))
			if err != nil {
				t.Fatal(err)
			}
			checkFrequencies(t, c, g.Frequency, g.Scale)
		})
	}
}

package learner

import (
	"math"
	"strings"
	"testing"

	"temper/model/memory"
	"temper/model/plan"
	"temper/model/recipe"
	"temper/model/transformer"
)

// TestPlannedMemory: what a plan says that an update and a sampler need is what a worker of two cores counts before it begins
// them, within a tenth: rows are cut into buckets here, and biases and norms are left out there.
func TestPlannedMemory(t *testing.T) {
	for name, test := range map[string]struct {
		recipe string
		sets   []string
		config transformer.Config
	}{
		"the demo":                  {"demo", nil, ofRecipe(t, "demo", 128)},
		"packed":                    {"demo", []string{"numerics.packing=true", "numerics.gradient_checkpointing=true"}, ofRecipe(t, "demo", 128)},
		"a model of half a billion": {"demo", []string{"model.max_position_embeddings=1024", "numerics.micro_batch_tokens=2048"}, halfBillion},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := recipe.Named(test.recipe)
			if err != nil {
				t.Fatal(err)
			}
			for _, set := range test.sets {
				if err := recipe.Set(&r, set); err != nil {
					t.Fatal(err)
				}
			}
			machine := plan.OnCPU(1e11)
			machine.Cores = 2
			p := plan.New(r, plan.Inputs{Shape: test.config.Shape(), Assume: plan.Default(), Machine: machine})
			l, s := withMemory(0), r.Sizes()
			rows := make([]int, s.Rows)
			for i := range rows {
				rows[i] = s.LongestRow
			}
			update := newEngine(l.machine, test.config, s.Numerics).Memory(test.config, rows)
			sampler, err := l.samplingBytes(test.config, "", s.Numerics.GenerationRows, s.Responses, s.LongestPrompt, s.MaxResponse)
			if err != nil {
				t.Fatal(err)
			}
			for of, counted := range map[string]memory.Estimate{"an update's|its activations": update, "the sampler's": sampler} {
				planned := 0.0
				for _, part := range p.Memory {
					for _, prefix := range strings.Split(of, "|") {
						if strings.HasPrefix(part.Name, prefix) {
							planned += part.Bytes
						}
					}
				}
				if math.Abs(planned-float64(counted.Total())) > float64(counted.Total())/10 {
					t.Errorf("%s: planned are %.0f bytes, counted %d: %v, %v", of, planned, counted.Total(), p.Memory, counted)
				}
			}
		})
	}
}

// ofRecipe is a recipe's network with a vocabulary of a size.
func ofRecipe(t *testing.T, name string, vocabulary int) transformer.Config {
	t.Helper()
	r, err := recipe.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	m := r.Model
	return transformer.Config{ModelType: "qwen2", HiddenAct: "silu", VocabSize: vocabulary, HiddenSize: m.HiddenSize, IntermediateSize: m.IntermediateSize,
		NumHiddenLayers: m.NumHiddenLayers, NumAttentionHeads: m.NumAttentionHeads, NumKeyValueHeads: m.NumKeyValueHeads,
		MaxPositionEmbeddings: m.MaxPositionEmbeddings, RopeTheta: m.RopeTheta, RMSNormEps: m.RMSNormEps, TieWordEmbeddings: m.TieWordEmbeddings}
}

package learner

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/checkpoint"
	"temper/model/goldentest"
	"temper/model/pretrained"
	"temper/model/recipe"
	"temper/model/train"
	"temper/model/transformer"
	"temper/worker/machine"
	"temper/worker/modeltest"
)

// initialOf is the checkpoint that a base model becomes.
func initialOf(t *testing.T, dir string, m recipe.Model, vocab int) (checkpoint.Checkpoint, *transformer.Weights, error) {
	t.Helper()
	base, err := pretrained.Inspect(t.Context(), pretrained.Local(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	store := objectstore.NewMemory()
	ref, err := New(store, machine.Machine{Cores: 2}).Initial(t.Context(), activities.InitialModel{Model: m, Base: base, VocabSize: vocab})
	if err != nil {
		return checkpoint.Checkpoint{}, nil, err
	}
	data, err := store.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	c, err := checkpoint.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	config, err := transformer.ParseConfig(c.Config)
	if err != nil {
		t.Fatal(err)
	}
	tensors, _, err := (&Learner{store: store}).getTensors(t.Context(), c.Weights)
	if err != nil {
		t.Fatal(err)
	}
	weights, err := transformer.WeightsFrom(config, tensors)
	if err != nil {
		t.Fatal(err)
	}
	return c, weights, nil
}

// A base model's checkpoint has its weights bit for bit, and all that its config.json
// says but what the recipe overrides.
func TestInitialModelIsTheBaseModel(t *testing.T) {
	dir := modeltest.Folder(t)
	path := filepath.Join(dir, pretrained.ConfigName)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data = append([]byte(`{"transformers_version":"4.44.0",`), data[strings.IndexByte(string(data), '{')+1:]...)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	c, weights, err := initialOf(t, dir, recipe.Model{Base: dir, MaxPositionEmbeddings: 48, RopeTheta: 1e6}, 263)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range modeltest.Weights().Tensors {
		if !slices.Equal(weights.Tensors[i], want) {
			t.Errorf("%s differs from the base model's", weights.Config.Params()[i].Name)
		}
	}
	var config struct {
		Version   string  `json:"transformers_version"`
		Theta     float64 `json:"rope_theta"`
		Positions int     `json:"max_position_embeddings"`
	}
	if err := json.Unmarshal(c.Config, &config); err != nil {
		t.Fatal(err)
	}
	if config.Version != "4.44.0" || config.Theta != 1e6 || config.Positions != 48 {
		t.Errorf("config.json is %s", c.Config)
	}
}

// A base model of any architecture becomes a checkpoint with its weights bit for bit,
// and with all keys that its config.json has.
func TestInitialModelOfEveryArchitecture(t *testing.T) {
	for _, name := range []string{"qwen3/attention_bias", "qwen3/tied_wide_heads", "llama/biases_head_dim_tied", "llama/mlp_bias", "mistral/no_window"} {
		folder := filepath.Join(goldentest.Dir(t), name, "model")
		before := goldentest.Read(t, name+"/model/config.json")
		config, err := transformer.ParseConfig(before)
		if err != nil {
			t.Fatal(err)
		}
		want, err := transformer.DecodeWeights(config, goldentest.Read(t, name+"/model/model.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		c, weights, err := initialOf(t, folder, recipe.Model{Base: folder, MaxPositionEmbeddings: 48, RopeTheta: 500}, config.VocabSize)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i, p := range want.Config.Params() {
			if !slices.Equal(weights.Tensors[i], want.Tensors[i]) {
				t.Errorf("%s: %s differs from the base model's", name, p.Name)
			}
		}
		var had, has map[string]any
		if err := errors.Join(json.Unmarshal(before, &had), json.Unmarshal(c.Config, &has)); err != nil {
			t.Fatal(err)
		}
		had["max_position_embeddings"], had["rope_parameters"].(map[string]any)["rope_theta"] = 48.0, 500.0
		if !reflect.DeepEqual(has, had) {
			t.Errorf("%s: config.json has %v, want %v", name, has, had)
		}
	}
}

func TestInitialModelRefusesATokenizerThatIsTooLarge(t *testing.T) {
	dir := modeltest.Folder(t)
	_, _, err := initialOf(t, dir, recipe.Model{Base: dir, MaxPositionEmbeddings: 64}, 265)
	if want := "model.base: the tokenizer has 265 tokens, but the model's embedding only 264 rows"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestRopeThetaActs: the number that a recipe gives decides what is computed, on base models
// that transformers 4 saved and on those that transformers 5 saved, and the export has it once.
func TestRopeThetaActs(t *testing.T) {
	for form, rope := range map[string]string{
		"transformers 4": `"rope_theta":10000.0`,
		"transformers 5": `"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"}`,
	} {
		dir := modeltest.Folder(t)
		path := filepath.Join(dir, pretrained.ConfigName)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(data, &fields); err != nil {
			t.Fatal(err)
		}
		delete(fields, "rope_theta")
		if data, err = json.Marshal(fields); err != nil {
			t.Fatal(err)
		}
		data = []byte(strings.TrimSuffix(string(data), "}") + "," + rope + "}")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		kept, before, err := initialOf(t, dir, recipe.Model{Base: dir, MaxPositionEmbeddings: 48}, 263)
		if err != nil {
			t.Fatal(err)
		}
		given, after, err := initialOf(t, dir, recipe.Model{Base: dir, MaxPositionEmbeddings: 48, RopeTheta: 500}, 263)
		if err != nil {
			t.Fatal(err)
		}
		if before.Config.RopeTheta != 10000 || after.Config.RopeTheta != 500 {
			t.Errorf("%s: theta is %v, and %v where 500 is given", form, before.Config.RopeTheta, after.Config.RopeTheta)
		}
		if strings.Count(string(given.Config), "rope_theta") != 1 || strings.Count(string(kept.Config), "rope_theta") != 1 {
			t.Errorf("%s: config.json is %s, and %s without a number", form, given.Config, kept.Config)
		}
		for _, field := range []string{"rope_theta", "rope_parameters"} {
			if strings.Contains(string(given.Config), field) != strings.Contains(rope, field) {
				t.Errorf("%s: config.json has another form: %s", form, given.Config)
			}
		}
		if x, y := logProbsOf(t, before), logProbsOf(t, after); slices.Equal(x, y) {
			t.Errorf("%s: the log-probabilities are those of the base model", form)
		}
	}
}

func logProbsOf(t *testing.T, w *transformer.Weights) []float32 {
	t.Helper()
	engine := &train.Engine{Instances: 1, MicroBatchTokens: 64, Buckets: train.Buckets(w.Config.MaxPositionEmbeddings)}
	defer engine.Close()
	scores, err := engine.LogProbs(t.Context(), w, []train.Row{{Tokens: []int32{1, 40, 41, 42, 43, 44, 45}, Weights: make([]float32, 7)}}, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	return scores[0].LogProbs
}

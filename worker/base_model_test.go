package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/checkpoint"
	"temper/model/pretrained"
	"temper/model/recipe"
	"temper/model/transformer"
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
	ref, err := newLearner(store, machine{cores: 2}).Initial(t.Context(), activities.InitialModel{Model: m, Base: base, VocabSize: vocab})
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
	tensors, _, err := (&learner{store: store}).getTensors(t.Context(), c.Weights)
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
	dir := tinyModel(t)
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
	for i, want := range tinyWeights().Tensors {
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

func TestInitialModelRefusesATokenizerThatIsTooLarge(t *testing.T) {
	dir := tinyModel(t)
	_, _, err := initialOf(t, dir, recipe.Model{Base: dir, MaxPositionEmbeddings: 64}, 265)
	if want := "tokenizer: it has 265 tokens, but the base model's embedding only 264 rows"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

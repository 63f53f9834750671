package transformer

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"temper/model/library/safetensors"
)

// A number that is given acts, whatever form the base model's config.json has,
// and every place that has it says the same.
func TestDerive(t *testing.T) {
	for form, want := range map[string]map[string]string{
		`,"rope_theta":10000}`: {"rope_theta": "1e+06"},
		`}`:                    {"rope_theta": "1e+06", "rope_parameters": ""},
		`,"rope_theta":10000,"rope_scaling":null}`:                                                                         {"rope_theta": "1e+06", "rope_scaling": "null"},
		`,"rope_parameters":{"rope_theta":10000,"rope_type":"default"}}`:                                                   {"rope_theta": "", "rope_parameters": `{"rope_theta":1e+06,"rope_type":"default"}`},
		`,"rope_parameters":{"rope_type":"default"}}`:                                                                      {"rope_theta": "", "rope_parameters": `{"rope_theta":1e+06,"rope_type":"default"}`},
		`,"rope_theta":5,"rope_parameters":{"rope_theta":10000,"rope_type":"linear","factor":4}}`:                          {"rope_theta": "1e+06", "rope_parameters": `{"factor":4,"rope_theta":1e+06,"rope_type":"linear"}`},
		`,"rope_theta":10000,"rope_scaling":{"type":"linear","factor":4}}`:                                                 {"rope_theta": "1e+06", "rope_scaling": `{"type":"linear","factor":4}`},
		`,"rope_scaling":{"type":"linear","factor":4}}`:                                                                    {"rope_theta": "1e+06", "rope_scaling": `{"type":"linear","factor":4}`},
		`,"rope_scaling":{"type":"linear","factor":4,"rope_theta":3}}`:                                                     {"rope_theta": "", "rope_scaling": `{"factor":4,"rope_theta":1e+06,"type":"linear"}`},
		`,"rope_scaling":{"type":"linear","factor":4},"rope_parameters":{"rope_theta":10000,"rope_type":"default"}}`:       {"rope_theta": "1e+06", "rope_parameters": `{"rope_theta":1e+06,"rope_type":"default"}`},
		`,"Rope_Theta":3,"rope_theta":4}`:                                                                                  {"rope_theta": "1e+06", "Rope_Theta": "3"},
		`,"architectures":["Qwen2Model"],"max_position_embeddings":9,"Max_Position_Embeddings":11,"id2label":{"0":"bad"}}`: {"architectures": `["Qwen2ForCausalLM"]`, "id2label": `{"0":"bad"}`, "Max_Position_Embeddings": "11"},
	} {
		base := strings.Replace(minimalConfig+form, "1e+06", "1000000", 1)
		derived, c, err := Derive([]byte(base), Changes{MaxPositionEmbeddings: 48, RopeTheta: 1e6})
		if err != nil {
			t.Errorf("%s: %v", base, err)
			continue
		}
		if c.MaxPositionEmbeddings != 48 || c.RopeTheta != 1e6 {
			t.Errorf("%s asks for %+v", derived, c)
		}
		if again, err := ParseConfig(derived); err != nil || again.RopeTheta != 1e6 || again.MaxPositionEmbeddings != 48 {
			t.Errorf("%s is read as %+v (%v)", derived, again, err)
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(derived, &fields); err != nil {
			t.Fatal(err)
		}
		for key, value := range want {
			value = strings.ReplaceAll(value, "1e+06", "1000000")
			if string(fields[key]) != value {
				t.Errorf("%s: %s is %s, want %s", base, key, fields[key], value)
			}
		}
		kept, c, err := Derive([]byte(base), Changes{MaxPositionEmbeddings: 48})
		before, _ := ParseConfig([]byte(base))
		if err != nil || c.RopeTheta != before.RopeTheta {
			t.Errorf("%s: without a theta %s asks for %v (%v)", base, kept, c.RopeTheta, err)
		}
	}
	if _, _, err := Derive([]byte(minimalConfig+`,"rope_theta":"x"}`), Changes{MaxPositionEmbeddings: 8}); err == nil || !strings.Contains(err.Error(), "rope_theta is a string; valid: a number") {
		t.Errorf("got %v", err)
	}
}

// A decoder that was saved without its head, or under another one, is the same decoder.
func TestLoadWeightsOfOtherClasses(t *testing.T) {
	w := referenceWeights(true)
	for prefix, more := range map[string][]safetensors.Tensor{
		"":             nil,
		"model.":       {{Name: "score.weight", Shape: []int{2, 16}, Data: make([]float32, 32)}},
		"transformer.": {{Name: "qa_outputs.weight", Shape: []int{1}, Data: []float32{1}}, {Name: "qa_outputs.bias", Shape: []int{1}, Data: []float32{1}}},
	} {
		list := more
		for _, tensor := range tensorsOf(w) {
			tensor.Name = prefix + strings.TrimPrefix(tensor.Name, "model.")
			list = append(list, tensor)
		}
		src := source{tensors: list}
		got, err := LoadWeights(t.Context(), w.Config, src)
		if err != nil {
			t.Errorf("%q: %v", prefix, err)
			continue
		}
		for i, want := range w.Tensors {
			if !slices.Equal(got.Tensors[i], want) {
				t.Errorf("%q: %s differs", prefix, w.Config.Params()[i].Name)
			}
		}
		if prefix == "" {
			if err := arrange(src.Tensors()[1:]).match(w.Config); err == nil || !strings.Contains(err.Error(), `tensor "norm.weight" is missing`) {
				t.Errorf("the checkpoint's own name of a tensor is not in %v", err)
			}
		}
	}
	untied := referenceWeights(false)
	list := slices.DeleteFunc(source{tensors: tensorsOf(untied)}.Tensors(), func(i safetensors.Info) bool { return i.Name == headName })
	if err := arrange(list).match(untied.Config); err == nil || !strings.Contains(err.Error(), "without it the model predicts no tokens") {
		t.Errorf("got %v", err)
	}
}

// A damaged config.json is refused before anything as large as it says is made.
func TestTensorsOfADamagedConfig(t *testing.T) {
	w := referenceWeights(true)
	infos := source{tensors: tensorsOf(w)}.Tensors()
	for want, damage := range map[string]func(c *Config){
		"num_hidden_layers is 1000000000, but the file has the tensors of 2 layers": func(c *Config) { c.NumHiddenLayers = 1e9 },
		"vocab_size is 2147483647, but model.embed_tokens.weight has 11 rows":       func(c *Config) { c.VocabSize = maxSize },
		"hidden_size is 2147483648, but model.embed_tokens.weight has 16 columns":   func(c *Config) { c.HiddenSize = 1 << 31 },
		"config.json asks for [2147483647 16]":                                      func(c *Config) { c.IntermediateSize = maxSize },
	} {
		c := w.Config
		damage(&c)
		allocated := testing.AllocsPerRun(1, func() {
			if err := arrange(infos).match(c); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %s", err, want)
			}
		})
		if allocated > 2000 {
			t.Errorf("%s: %v allocations", want, allocated)
		}
	}
}

// What a scaling takes from the base model's max_position_embeddings stays when a
// run has other positions, in either spelling.
func TestDeriveKeepsScaling(t *testing.T) {
	for settings, want := range map[string]string{
		`"rope_scaling":{"type":"yarn","factor":4}`:                                                              `{"factor":4,"original_max_position_embeddings":64,"type":"yarn"}`,
		`"rope_scaling":{"type":"yarn","factor":null,"original_max_position_embeddings":16}`:                     `{"factor":4,"original_max_position_embeddings":16,"type":"yarn"}`,
		`"rope_scaling":{"type":"yarn","factor":2,"original_max_position_embeddings":16}`:                        `{"type":"yarn","factor":2,"original_max_position_embeddings":16}`,
		`"original_max_position_embeddings":8,"rope_scaling":{"type":"yarn","factor":2}`:                         `{"type":"yarn","factor":2}`,
		`"rope_parameters":{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4}`:           `{"factor":8,"high_freq_factor":4,"low_freq_factor":1,"original_max_position_embeddings":64,"rope_type":"llama3"}`,
		`"rope_parameters":{"rope_type":"linear","factor":8}`:                                                    `{"rope_type":"linear","factor":8}`,
		`"rope_parameters":{"rope_type":"default","rope_theta":5},"original_max_position_embeddings":16`:         `{"rope_type":"default","rope_theta":5}`,
		`"rope_parameters":{"rope_type":"yarn","factor":4,"rope_theta":5,"original_max_position_embeddings":64}`: `{"rope_type":"yarn","factor":4,"rope_theta":5,"original_max_position_embeddings":64}`,
	} {
		base := minimalConfig + `,"max_position_embeddings":64,` + settings + "}"
		before, err := ParseConfig([]byte(base))
		if err != nil {
			t.Fatalf("%s: %v", settings, err)
		}
		derived, c, err := Derive([]byte(base), Changes{MaxPositionEmbeddings: 48})
		if err != nil {
			t.Errorf("%s: %v", settings, err)
			continue
		}
		if !slices.Equal(c.RotaryFrequencies(), before.RotaryFrequencies()) || c.RotaryScale() != before.RotaryScale() {
			t.Errorf("%s: the frequencies change", settings)
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(derived, &fields); err != nil {
			t.Fatal(err)
		}
		if got := string(fields["rope_scaling"]) + string(fields["rope_parameters"]); got != want {
			t.Errorf("%s becomes %s, want %s", settings, got, want)
		}
	}
}

package activities_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"temper/activities"
	"temper/model/checkpoint"
	"temper/model/library/safetensors"
	"temper/model/recipe"
)

// tinyTokenizer is a byte-level BPE without merges: the letters a and b, and the end.
const tinyTokenizer = `{"version":"1.0","added_tokens":[{"id":2,"content":"<|im_end|>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},
{"id":3,"content":"<|endoftext|>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
"normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true},
"post_processor":null,"decoder":{"type":"ByteLevel"},"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":[]}}`

// baseModel puts a base model's folder into the sources.
func (p *place) baseModel(folder string) {
	weights := safetensors.Encode([]safetensors.Tensor{{Name: "model.embed_tokens.weight", Shape: []int{4, 2}, Data: make([]float32, 8)}}, nil)
	for name, data := range map[string][]byte{
		"config.json":            []byte(`{"model_type":"qwen2","vocab_size":4,"bos_token_id":null}`),
		"generation_config.json": []byte(`{"eos_token_id":[2,3]}`),
		"tokenizer.json":         []byte(tinyTokenizer),
		"tokenizer_config.json":  []byte(`{"eos_token":"<|endoftext|>"}`),
		"model.safetensors":      weights,
	} {
		p.sources[folder+"/"+name] = data
	}
}

func baseInput(folder string) activities.InitModelInput {
	return activities.InitModelInput{Run: testRun, Model: recipe.Model{Base: folder, MaxPositionEmbeddings: 64}, Tokenizer: recipe.TokenizerBase}
}

// TestInitModelFromBase: the vocabulary is the base model's, with all the tokens that end its responses.
func TestInitModelFromBase(t *testing.T) {
	p := newPlace(t, nil)
	p.baseModel("s3://models/tiny")
	in := baseInput("s3://models/tiny")
	in.End = "<|im_end|>"
	got := must(p, p.acts.InitModel, in)
	var v activities.Vocabulary
	if err := json.Unmarshal(p.get(got.Vocabulary), &v); err != nil {
		t.Fatal(err)
	}
	if v.End != 2 || !slices.Equal(v.EOS, []int32{2, 3}) {
		t.Errorf("end %d, eos %v", v.End, v.EOS)
	}
	c, err := checkpoint.Decode(p.get(got.Policy.Checkpoint))
	if err != nil || c.Tokenizer != v.Tokenizer {
		t.Errorf("checkpoint's tokenizer is %v, the vocabulary's %v, %v", c.Tokenizer, v.Tokenizer, err)
	}
}

// TestInitModelTakesConfigsEnds: without generation_config.json config.json says what ends a response.
func TestInitModelTakesConfigsEnds(t *testing.T) {
	p := newPlace(t, nil)
	p.baseModel("/m")
	delete(p.sources, "/m/generation_config.json")
	p.sources["/m/config.json"] = []byte(`{"model_type":"qwen2","vocab_size":4,"eos_token_id":[1,2],"attention_dropout":0.1}`)
	got := must(p, p.acts.InitModel, baseInput("/m"))
	var v activities.Vocabulary
	if err := json.Unmarshal(p.get(got.Vocabulary), &v); err != nil {
		t.Fatal(err)
	}
	if again := must(p, p.acts.InitModel, baseInput("/m")); len(got.Remarks) != 1 || !slices.Equal(got.Remarks, again.Remarks) || !strings.Contains(got.Remarks[0], "attention_dropout 0.1") {
		t.Errorf("remarks %q, and %q from the manifest", got.Remarks, again.Remarks)
	}
	if v.End != 3 || !slices.Equal(v.EOS, []int32{3, 1, 2}) {
		t.Errorf("end %d, eos %v", v.End, v.EOS)
	}
}

// TestInitModelRefuses: every mistake about base model and tokenizer is a user error of one line.
func TestInitModelRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*place, *activities.InitModelInput)
		want   string
	}{
		{"no folder", func(_ *place, in *activities.InitModelInput) { in.Model.Base = "/nowhere" }, "it has no config.json"},
		{"shard cut short", func(p *place, _ *activities.InitModelInput) {
			p.sources["/m/model.safetensors"] = p.sources["/m/model.safetensors"][:90]
		}, "model.safetensors: truncated"},
		{"no tokenizer", func(p *place, _ *activities.InitModelInput) {
			delete(p.sources, "/m/tokenizer.json")
			delete(p.sources, "/m/tokenizer_config.json")
		}, "the folder has no tokenizer"},
		{"broken tokenizer", func(p *place, _ *activities.InitModelInput) { p.sources["/m/tokenizer.json"] = []byte(`{"model":`) }, "tokenizer: base"},
		{"unknown end", func(_ *place, in *activities.InitModelInput) { in.End = "<stop>" }, `prompt.end is "<stop>"`},
		{"other tokenizer", func(_ *place, in *activities.InitModelInput) { in.Tokenizer = "/none/tokenizer.json" }, "tokenizer: /none/tokenizer.json"},
		{"generation config", func(p *place, _ *activities.InitModelInput) {
			p.sources["/m/generation_config.json"] = []byte(`{"eos_token_id":"</s>"}`)
		}, `eos_token_id is "</s>"`},
		{"config's end", func(p *place, _ *activities.InitModelInput) {
			delete(p.sources, "/m/generation_config.json")
			p.sources["/m/config.json"] = []byte(`{"model_type":"qwen2","vocab_size":4,"eos_token_id":[3,4]}`)
		}, `config.json: eos_token_id has 4; valid: 0 to 3`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, nil)
			p.baseModel("/m")
			in := baseInput("/m")
			test.change(p, &in)
			_, err := do(p, p.acts.InitModel, in)
			app := checkFailure(t, err, activities.UserErrorType, false)
			if !strings.Contains(app.Message(), test.want) || strings.Contains(app.Message(), "\n") {
				t.Errorf("got %q, want %q in it", app.Message(), test.want)
			}
		})
	}
}

// TestInitModelWaitsForAStoreThatIsAway: that is nobody's mistake.
func TestInitModelWaitsForAStoreThatIsAway(t *testing.T) {
	p := newPlace(t, nil)
	p.acts.Sources = awaySources{}
	_, err := do(p, p.acts.InitModel, baseInput("s3://models/tiny"))
	checkFailure(t, err, activities.TransientType, true)
}

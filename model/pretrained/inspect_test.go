package pretrained

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"temper/model/library/safetensors"
)

// memory is a folder without a disk.
type memory map[string][]byte

func (m memory) String() string { return "mem:/x" }

type memoryFile struct{ *bytes.Reader }

func (memoryFile) Close() error { return nil }

func (m memory) Open(_ context.Context, name string) (File, error) {
	data, ok := m[name]
	if !ok {
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return memoryFile{bytes.NewReader(data)}, nil
}

var tensors = []safetensors.Tensor{
	{Name: "model.a", Shape: []int{2, 2}, Data: []float32{1, 2, 3, 4}}, {Name: "model.b", Shape: []int{3}, Data: []float32{5, 6, 7}},
}

// sound is a model of two shards, changed as a test wants; nil removes a file.
func sound(changes memory) memory {
	m := memory{
		"config.json":                      []byte(`{"model_type":"qwen2"}`),
		"generation_config.json":           []byte(`{"eos_token_id":2}`),
		"tokenizer.json":                   []byte(`{}`),
		"merges.txt":                       []byte("a b\n"),
		"README.md":                        []byte("about"),
		"model-00001-of-00002.safetensors": safetensors.Encode(tensors[:1], nil),
		"model-00002-of-00002.safetensors": safetensors.Encode(tensors[1:], nil),
		"model.safetensors.index.json":     []byte(`{"weight_map":{"model.a":"model-00001-of-00002.safetensors","model.b":"model-00002-of-00002.safetensors"}}`),
	}
	maps.Copy(m, changes)
	maps.DeleteFunc(m, func(_ string, data []byte) bool { return data == nil })
	return m
}

// unsharded are the changes that leave a folder without weights.
func unsharded(changes memory) memory {
	m := memory{"model-00001-of-00002.safetensors": nil, "model-00002-of-00002.safetensors": nil, "model.safetensors.index.json": nil}
	maps.Copy(m, changes)
	return m
}

// TestInspect checks what is read of a sound model, sharded and not.
func TestInspect(t *testing.T) {
	for _, folder := range []memory{
		sound(nil),
		sound(unsharded(memory{"model.safetensors": safetensors.Encode(tensors, nil)})),
		sound(unsharded(memory{"model.safetensors": safetensors.Encode(tensors, nil),
			"model.safetensors.index.json": []byte(`{"weight_map":{"model.a":"model.safetensors","model.b":"model.safetensors"}}`)})),
	} {
		m, err := Inspect(t.Context(), folder)
		if err != nil {
			t.Fatal(err)
		}
		a, b := make([]float32, 4), make([]float32, 2)
		if err := errors.Join(m.Read(t.Context(), "model.a", a), m.ReadRange(t.Context(), "model.b", 1, b)); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(a, b) != "[1 2 3 4] [6 7]" || len(m.Tensors()) != 2 {
			t.Errorf("tensors %v with %v and %v", m.Tensors(), a, b)
		}
		if string(m.ConfigJSON) != `{"model_type":"qwen2"}` || string(m.GenerationConfig) != `{"eos_token_id":2}` || len(m.TokenizerFiles) != 2 {
			t.Errorf("small files %s %s %v", m.ConfigJSON, m.GenerationConfig, m.TokenizerFiles)
		}
		if err := m.Read(t.Context(), "model.c", a); err == nil || err.Error() != `model mem:/x: tensor "model.c" is missing` {
			t.Errorf("read of what is not there: %v", err)
		}
	}
	m, err := Inspect(t.Context(), sound(memory{"generation_config.json": nil}))
	if err != nil || m.GenerationConfig != nil {
		t.Errorf("without generation_config.json: %v", err)
	}
}

// TestInspectRefusals checks each kind of wrong or damaged model.
func TestInspectRefusals(t *testing.T) {
	second := safetensors.Encode(tensors[1:], nil)
	quantised := func(name, dtype string) []byte {
		header := fmt.Sprintf(`{"%s":{"dtype":"%s","shape":[4],"data_offsets":[0,4]}}`, name, dtype)
		return append(append([]byte{byte(len(header)), 0, 0, 0, 0, 0, 0, 0}, header...), 0, 0, 0, 0)
	}
	for name, c := range map[string]struct {
		changes memory
		want    string
	}{
		"no config":               {memory{"config.json": nil}, "it has no config.json"},
		"config cut":              {memory{"config.json": []byte(`{"model_type":`)}, "config.json: it is truncated: the JSON goes on after byte 14"},
		"config null":             {memory{"config.json": []byte(`null`)}, "config.json: it is null; valid: an object"},
		"config a list":           {memory{"config.json": []byte(`[1]`)}, "config.json: it is an array; valid: an object"},
		"config empty":            {memory{"config.json": {}}, "config.json: it is empty"},
		"config large":            {memory{"config.json": make([]byte, 5<<20)}, "config.json has 5242880 bytes; at most 4194304 are read"},
		"generation config":       {memory{"generation_config.json": []byte(`x`)}, "generation_config.json: it is not JSON: byte 1"},
		"gptq":                    {memory{"config.json": []byte(`{"quantization_config":{"quant_method":"gptq","bits":4}}`)}, "the weights are quantised by gptq (config.json has quantization_config)"},
		"quantised somehow":       {memory{"config.json": []byte(`{"quantization_config":{}}`)}, "the weights are quantised (config.json has quantization_config)"},
		"qweight":                 {unsharded(memory{"model.safetensors": quantised("model.q_proj.qweight", "U8")}), `the weights are quantised (tensor "model.q_proj.qweight")`},
		"fp8":                     {unsharded(memory{"model.safetensors": quantised("model.q_proj.weight", "F8_E4M3")}), `the weights are quantised (tensor "model.q_proj.weight" has dtype F8_E4M3)`},
		"adapter":                 {unsharded(memory{"config.json": nil, "adapter_config.json": []byte(`{}`), "adapter_model.safetensors": second}), "it is a PEFT adapter, not a whole model"},
		"adapter beside a model":  {memory{"adapter_config.json": []byte(`{}`)}, "it is a PEFT adapter"},
		"adapter without config":  {unsharded(memory{"adapter_model.safetensors": second}), "it is a PEFT adapter"},
		"pytorch":                 {unsharded(memory{"pytorch_model.bin": {1}}), "PyTorch's own format (pytorch_model.bin); valid: safetensors"},
		"pytorch shards":          {unsharded(memory{"pytorch_model.bin.index.json": {1}}), "PyTorch's own format"},
		"mistral":                 {unsharded(memory{"consolidated.safetensors": {1}}), "consolidated.safetensors"},
		"no weights":              {unsharded(nil), "it has no weights: neither model.safetensors nor model.safetensors.index.json is there"},
		"config in UTF-16":        {memory{"config.json": []byte("\xff\xfe{\x00}\x00")}, "config.json: it is UTF-16 text; valid: JSON in UTF-8"},
		"config a pointer":        {memory{"config.json": []byte("version https://git-lfs.github.com/spec/v1\noid sha256:0")}, "config.json: it is a Git LFS pointer"},
		"half a surrogate pair":   {memory{"config.json": []byte(`{"x":"\ud800"}`)}, `config.json: byte 7: \ud800 is half of a surrogate pair`},
		"shard missing":           {memory{"model-00002-of-00002.safetensors": nil}, "shard model-00002-of-00002.safetensors: the file is missing, which model.safetensors.index.json names"},
		"shard cut":               {memory{"model-00002-of-00002.safetensors": second[:len(second)-1]}, fmt.Sprintf("shard model-00002-of-00002.safetensors: truncated: has %d bytes, header promises %d", len(second)-1, len(second))},
		"shard empty":             {memory{"model-00002-of-00002.safetensors": {}}, "shard model-00002-of-00002.safetensors: truncated: has 0 bytes"},
		"shards swapped":          {memory{"model-00002-of-00002.safetensors": sound(nil)["model-00001-of-00002.safetensors"]}, `shard model-00002-of-00002.safetensors holds tensor "model.a", which the index places in model-00001-of-00002.safetensors`},
		"extra tensor":            {memory{"model-00002-of-00002.safetensors": safetensors.Encode([]safetensors.Tensor{tensors[1], {Name: "model.c", Data: []float32{1}}}, nil)}, `holds tensor "model.c", which the index does not list`},
		"missing tensor":          {memory{"model.safetensors.index.json": []byte(`{"weight_map":{"model.a":"model-00001-of-00002.safetensors","model.b":"model-00002-of-00002.safetensors","model.c":"model-00001-of-00002.safetensors"}}`)}, `tensor "model.c" is missing from shard model-00001-of-00002.safetensors`},
		"index cut":               {memory{"model.safetensors.index.json": []byte(`{"weight_map":{"model.a":`)}, "index: the JSON ends in the middle"},
		"path in index":           {memory{"model.safetensors.index.json": []byte(`{"weight_map":{"model.a":"../../x.safetensors"}}`)}, `file name "../../x.safetensors" is not a plain name`},
		"single cut":              {unsharded(memory{"model.safetensors": second[:20]}), "model.safetensors: truncated: has 20 bytes"},
		"single is a git pointer": {unsharded(memory{"model.safetensors": []byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")}), "model.safetensors: is a Git LFS pointer"},
		"tokenizer too large":     {memory{"merges.txt": make([]byte, maxTokenizerBytes+1)}, "merges.txt has 134217729 bytes"},
	} {
		_, err := Inspect(t.Context(), sound(c.changes))
		if err == nil || !strings.HasPrefix(err.Error(), "model mem:/x: ") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line with %q", name, err, c.want)
		}
	}
}

// lost is a folder that cannot be reached any more after config.json was opened.
type lost struct {
	memory
	gone error
}

func (l *lost) Open(ctx context.Context, name string) (File, error) {
	if name != ConfigName {
		return l.memory.Open(ctx, name)
	}
	if l.gone != nil {
		return nil, l.gone
	}
	l.gone = errors.New("connection refused")
	return l.memory.Open(ctx, name)
}

// TestInspectLostFolder checks that what cannot be reached is not taken for absent.
func TestInspectLostFolder(t *testing.T) {
	folder := &lost{memory: sound(unsharded(nil))}
	if _, err := Inspect(t.Context(), folder); !errors.Is(err, folder.gone) || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// TestMisshapen checks that what the reader of tensors gets to see tells a
// swapped shape, which is consistent in itself, from the right one.
func TestMisshapen(t *testing.T) {
	swapped := safetensors.Encode([]safetensors.Tensor{{Name: "model.a", Shape: []int{1, 4}, Data: tensors[0].Data}}, nil)
	m, err := Inspect(t.Context(), sound(memory{"model-00001-of-00002.safetensors": swapped}))
	if err != nil {
		t.Fatal(err)
	}
	if info, ok := m.Lookup("model.a"); !ok || fmt.Sprint(info.Shape) != "[1 4]" {
		t.Errorf("the tensor is %v", info)
	}
	if err := m.Read(t.Context(), "model.a", make([]float32, 3)); err == nil || !strings.Contains(err.Error(), `tensor "model.a" has shape [1 4], 4 values; there is room for 3`) {
		t.Errorf("read into too little room: %v", err)
	}
}

// Where one file lies beside an index it is the model, as transformers has it,
// unless the index names it as a shard; then the index is.
func TestInspectOneFileBesideAnIndex(t *testing.T) {
	whole := []safetensors.Tensor{{Name: "model.a", Shape: []int{1}, Data: []float32{9}}}
	m, err := Inspect(t.Context(), sound(memory{"model.safetensors": safetensors.Encode(whole, nil)}))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if got := values(t, m); len(got) != 1 || got["model.a"][0] != 9 {
		t.Errorf("the one file holds %v", got)
	}
	shard := sound(memory{
		"model.safetensors":            safetensors.Encode(tensors[:1], nil),
		"model.safetensors.index.json": []byte(`{"weight_map":{"model.a":"model.safetensors","model.b":"model-00002-of-00002.safetensors"}}`),
	})
	if m, err = Inspect(t.Context(), shard); err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if got := values(t, m); len(got) != 2 || got["model.a"][3] != 4 {
		t.Errorf("the shards hold %v", got)
	}
}

// TestEOS: generation_config.json says what ends a response; config.json does where there is none.
func TestEOS(t *testing.T) {
	for _, test := range []struct {
		config, generation string
		want               []int32
		fault              string
	}{
		{`{"vocab_size":9,"eos_token_id":4}`, `{"eos_token_id":2}`, []int32{2}, ""},
		{`{"vocab_size":9,"eos_token_id":4}`, `{}`, nil, ""},
		{`{"vocab_size":9,"eos_token_id":4}`, "", []int32{4}, ""},
		{`{"vocab_size":9,"eos_token_id":[4, 8]}`, "", []int32{4, 8}, ""},
		{`{"vocab_size":9,"eos_token_id":null}`, "", nil, ""},
		{`{"vocab_size":9,"EOS_token_id":3}`, "", nil, ""},
		{`{"vocab_size":9,"eos_token_id":9}`, "", nil, "config.json: eos_token_id has 9; valid: 0 to 8"},
		{`{"vocab_size":9,"eos_token_id":[1,-1]}`, "", nil, "config.json: eos_token_id has -1; valid: 0 to 8"},
		{`{"vocab_size":9,"eos_token_id":"</s>"}`, "", nil, `config.json: eos_token_id is "</s>"; valid: a token ID or a list of them`},
		{`{"vocab_size":9}`, `{"eos_token_id":[null]}`, nil, "generation_config.json: eos_token_id is [null]"},
		{`{"vocab_size":9}`, `{"eos_token_id":99999999999}`, nil, "generation_config.json: eos_token_id is 99999999999"},
	} {
		m := &Model{ConfigJSON: []byte(test.config)}
		if test.generation != "" {
			m.GenerationConfig = []byte(test.generation)
		}
		got, err := m.EOS()
		if !slices.Equal(got, test.want) || (err != nil) != (test.fault != "") || err != nil && !strings.HasPrefix(err.Error(), test.fault) {
			t.Errorf("%s, %s: %v, %v", test.config, test.generation, got, err)
		}
	}
}

// TestRemarks: what training leaves out is said.
func TestRemarks(t *testing.T) {
	m, err := Inspect(t.Context(), sound(memory{
		"config.json":                      []byte(`{"model_type":"qwen2","attention_dropout":0.1,"hidden_dropout":0,"classifier_dropout":null,"resid_pdrop":0.25}`),
		"model-00001-of-00002.safetensors": nil, "model-00002-of-00002.safetensors": nil, "model.safetensors.index.json": nil,
		"model.safetensors": safetensors.Encode(append(slices.Clone(tensors), safetensors.Tensor{Name: "score.weight", Shape: []int{1}, Data: []float32{1}}), nil),
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	want := []string{
		"config.json has attention_dropout 0.1, resid_pdrop 0.25; temper trains without dropout",
		"the weights have another head (score.weight), which is left out: temper trains the language model",
	}
	if got := m.Remarks(); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

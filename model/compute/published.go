package compute

import (
	"strings"
)

// published are the shapes of models that many start from, by the names of their repositories at Hugging Face, without
// maker and purpose. Sources: their config.json files.
var published = []struct {
	name  string
	shape Shape
}{
	{"qwen2.5-0.5b", Shape{24, 896, 4864, 14, 2, 64, 151936, true}},
	{"qwen2.5-1.5b", Shape{28, 1536, 8960, 12, 2, 128, 151936, true}},
	{"qwen2.5-3b", Shape{36, 2048, 11008, 16, 2, 128, 151936, true}},
	{"qwen2.5-7b", Shape{28, 3584, 18944, 28, 4, 128, 152064, false}},
	{"qwen2.5-14b", Shape{48, 5120, 13824, 40, 8, 128, 152064, false}},
	{"qwen2.5-32b", Shape{64, 5120, 27648, 40, 8, 128, 152064, false}},
	{"qwen2.5-72b", Shape{80, 8192, 29568, 64, 8, 128, 152064, false}},
	{"deepseek-r1-distill-qwen-7b", Shape{28, 3584, 18944, 28, 4, 128, 152064, false}},
	{"deepseek-r1-distill-qwen-14b", Shape{48, 5120, 13824, 40, 8, 128, 152064, false}},
	{"acereason-nemotron-7b", Shape{28, 3584, 18944, 28, 4, 128, 152064, false}},
	{"acereason-nemotron-1.1-7b", Shape{28, 3584, 18944, 28, 4, 128, 152064, false}},
	{"acereason-nemotron-14b", Shape{48, 5120, 13824, 40, 8, 128, 152064, false}},
	{"llama-3.1-8b", Shape{32, 4096, 14336, 32, 8, 128, 128256, false}},
	{"llama-3.2-1b", Shape{16, 2048, 8192, 32, 8, 64, 128256, true}},
	{"llama-3.2-3b", Shape{28, 3072, 8192, 24, 8, 128, 128256, true}},
}

// Published is the shape of a published model by its name, a path or URI that ends with it
// included: "Qwen2.5-7B", "s3://models/Qwen/Qwen2.5-Math-7B-Instruct". False for others.
func Published(name string) (Shape, bool) {
	name = strings.ToLower(name[strings.LastIndexByte(strings.TrimRight(name, "/"), '/')+1:])
	for _, word := range []string{"-math", "-coder", "-instruct", "-base", "meta-", "/"} {
		name = strings.ReplaceAll(name, word, "")
	}
	for _, p := range published {
		if p.name == name {
			return p.shape, true
		}
	}
	return Shape{}, false
}

// PublishedNames lists the names.
func PublishedNames() []string {
	names := make([]string, len(published))
	for i, p := range published {
		names[i] = p.name
	}
	return names
}

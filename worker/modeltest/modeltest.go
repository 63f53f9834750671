// Package modeltest gives tests a model that is as small as it gets.
package modeltest

import (
	"context"
	"path/filepath"
	"testing"

	"temper/model/library/safetensors"
	"temper/model/pretrained"
	"temper/model/tokenizer"
	"temper/model/transformer"
)

// Weights are those of a model for the vocabulary "bytes".
func Weights() *transformer.Weights {
	return transformer.NewWeights(transformer.Config{
		ModelType: "qwen2", HiddenAct: "silu", Architectures: []string{"Qwen2ForCausalLM"}, VocabSize: 264, HiddenSize: 32, IntermediateSize: 48,
		NumHiddenLayers: 2, NumAttentionHeads: 4, NumKeyValueHeads: 2, MaxPositionEmbeddings: 64, RopeTheta: 1e4, RMSNormEps: 1e-6, TieWordEmbeddings: true,
	}, transformer.InitSpec{EmbeddingStd: 0.5, OutputGain: 1}, 3)
}

// Folder writes Weights with their tokenizer in Hugging Face's layout.
func Folder(t testing.TB) string {
	t.Helper()
	tok, err := tokenizer.New(tokenizer.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	w := Weights()
	if tok.VocabSize() > w.Config.VocabSize {
		t.Fatalf("the vocabulary has %d tokens", tok.VocabSize())
	}
	values := map[string][]float32{}
	export := pretrained.Export{
		Config: w.Config.JSON(), Files: map[string][]byte{tokenizer.DocumentName: tok.JSON()}, DType: safetensors.F32, MaxShardBytes: 30_000,
		Values: func(_ context.Context, name string, first int, into []float32) error {
			copy(into, values[name][first:])
			return nil
		},
	}
	for i, p := range w.Config.Params() {
		values[p.Name] = w.Tensors[i]
		export.Tensors = append(export.Tensors, safetensors.Spec{Name: p.Name, Shape: p.Shape})
	}
	dir := filepath.Join(t.TempDir(), "model")
	if err := pretrained.Write(t.Context(), pretrained.LocalSink(dir), export); err != nil {
		t.Fatal(err)
	}
	return dir
}

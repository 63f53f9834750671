package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gomlx/compute/dtypes"

	"temper/model/library/safetensors"
	"temper/model/train"
	"temper/model/transformer"
)

// golden is the part of a golden.json that parity reads: an SFT batch of
// right-padded rows, and greedy responses of one length.
type golden struct {
	Batch struct {
		InputIDs      [][]int32 `json:"input_ids"`
		AttentionMask [][]int   `json:"attention_mask"`
		LossMask      [][]int   `json:"loss_mask"`
	} `json:"batch"`
	SFT struct {
		Loss       float64 `json:"loss"`
		LossTokens int     `json:"num_loss_tokens"`
	} `json:"sft"`
	Greedy []struct {
		Prompt    []int32 `json:"prompt"`
		NewTokens []int32 `json:"new_tokens"`
	} `json:"greedy"`
}

// goldens compares the backend with the Hugging Face goldens under dir, as far
// as there are any.
func (p *comparison) goldens(dir string, on target) error {
	models, err := filepath.Glob(filepath.Join(dir, "qwen2", "*", "golden", "golden.json"))
	if err != nil {
		return fmt.Errorf("goldens: %w", err)
	}
	for _, path := range models {
		model := filepath.Dir(filepath.Dir(path))
		p.model = "golden " + filepath.Base(model)
		if err := p.golden(model, on); err != nil {
			return fmt.Errorf("goldens %s: %w", model, err)
		}
	}
	return nil
}

func (p *comparison) golden(model string, on target) error {
	var g golden
	if err := readJSON(filepath.Join(model, "golden", "golden.json"), &g); err != nil {
		return err
	}
	w, err := readWeights(filepath.Join(model, "model_fp32"))
	if err != nil {
		return err
	}
	want := map[string][]float32{"loss": {float32(g.SFT.Loss)}}
	rows, scores, err := g.rows(model, w.Config.VocabSize)
	if err != nil {
		return err
	}
	for name, values := range scores {
		want[name] = values
	}
	if want["gradients"], err = goldenGradients(model, w.Config); err != nil {
		return err
	}
	got, runErr := measureRows(w, on, rows, 1)
	for _, q := range quantities {
		if values, ok := want[q]; ok {
			p.add(q, got[q], values, runErr)
		}
	}
	var prompts [][]int32
	var responses []int32
	length := 0
	for _, r := range g.Greedy {
		prompts, responses, length = append(prompts, r.Prompt), append(responses, r.NewTokens...), len(r.NewTokens)
	}
	if length > 0 && on.compute != dtypes.BFloat16 {
		p.greedyAs(w, on.backend, prompts, length, responses, nil)
	}
	return nil
}

// rows cuts the padding off, and returns the reference's scores of what stays:
// the logits of the last row and the log-probs and entropies of all, in the
// layout of measureRows.
func (g golden) rows(model string, vocab int) ([]train.Row, map[string][]float32, error) {
	files := map[string][]float32{}
	for name, file := range map[string]string{"logits": "logits.npy", "log-probs": "logprob_T1.0.npy", "entropies": "entropy_T1.0.npy"} {
		values, err := readNPY(filepath.Join(model, "golden", file))
		if err != nil {
			return nil, nil, err
		}
		files[name] = values
	}
	var rows []train.Row
	scores := map[string][]float32{}
	for b, ids := range g.Batch.InputIDs {
		length := 0
		for _, m := range g.Batch.AttentionMask[b] {
			length += m
		}
		r := train.Row{Tokens: ids[:length], Weights: make([]float32, length)}
		for t := range length {
			r.Weights[t] = float32(g.Batch.LossMask[b][t]) / float32(g.SFT.LossTokens)
		}
		// A row's first log-probability is 0: nothing precedes its token.
		scores["log-probs"] = append(append(scores["log-probs"], 0), files["log-probs"][b*(len(ids)-1):][:length-1]...)
		scores["entropies"] = append(scores["entropies"], files["entropies"][b*len(ids):][:length]...)
		rows = append(rows, r)
		scores["logits"] = files["logits"][b*len(ids)*vocab:][:length*vocab]
	}
	return rows, scores, nil
}

// goldenGradients are the full gradients of the SFT loss, in Params() order.
func goldenGradients(model string, c transformer.Config) ([]float32, error) {
	data, err := os.ReadFile(filepath.Join(model, "golden", "sft_grads.safetensors"))
	if err != nil {
		return nil, err
	}
	all, _, err := safetensors.Decode(data)
	if err != nil {
		return nil, err
	}
	w, err := transformer.WeightsFrom(c, all)
	if err != nil {
		return nil, err
	}
	var flat []float32
	for _, t := range w.Tensors {
		flat = append(flat, t...)
	}
	return flat, nil
}

func readWeights(dir string) (*transformer.Weights, error) {
	data, err := os.ReadFile(filepath.Join(dir, "config.json"))
	if err != nil {
		return nil, err
	}
	c, err := transformer.ParseConfig(data)
	if err != nil {
		return nil, err
	}
	if data, err = os.ReadFile(filepath.Join(dir, "model.safetensors")); err != nil {
		return nil, err
	}
	return transformer.DecodeWeights(c, data)
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// readNPY reads the values of a NumPy 1.0 file of little-endian float32.
func readNPY(path string) ([]float32, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	const prefix = 10 // magic, version, length of the header
	if len(data) < prefix || !bytes.HasPrefix(data, []byte("\x93NUMPY\x01")) {
		return nil, fmt.Errorf("read %s: not a NumPy 1.0 file", path)
	}
	start := prefix + int(binary.LittleEndian.Uint16(data[8:]))
	if start > len(data) || !bytes.Contains(data[:start], []byte("'<f4'")) {
		return nil, fmt.Errorf("read %s: want float32 values", path)
	}
	values := make([]float32, (len(data)-start)/4)
	if err := binary.Read(bytes.NewReader(data[start:]), binary.LittleEndian, values); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return values, nil
}

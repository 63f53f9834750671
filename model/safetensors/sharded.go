package safetensors

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// DecodeSharded reads a checkpoint that is split over several containers.
// index is the content of model.safetensors.index.json; files holds the
// content of each file that it names. The tensors come sorted by name; one
// that is missing from its file, or that the index does not list, is an error.
func DecodeSharded(index []byte, files map[string][]byte) ([]Tensor, error) {
	var parsed struct {
		WeightMap map[string]string `json:"weight_map"`
	}
	if err := json.Unmarshal(index, &parsed); err != nil {
		return nil, fmt.Errorf("decode safetensors index: %w", err)
	}
	if len(parsed.WeightMap) == 0 {
		return nil, fmt.Errorf("decode safetensors index: weight_map is missing or empty")
	}
	found := make(map[string]Tensor, len(parsed.WeightMap))
	wanted := make(map[string]bool)
	for _, file := range parsed.WeightMap {
		wanted[file] = true
	}
	for _, file := range slices.Sorted(maps.Keys(wanted)) {
		data, ok := files[file]
		if !ok {
			return nil, fmt.Errorf("decode safetensors index: file %q is missing", file)
		}
		tensors, _, err := Decode(data)
		if err != nil {
			return nil, fmt.Errorf("file %q: %w", file, err)
		}
		for _, t := range tensors {
			if parsed.WeightMap[t.Name] != file {
				return nil, fmt.Errorf("decode safetensors index: file %q holds tensor %q, which the index does not place there", file, t.Name)
			}
			found[t.Name] = t
		}
	}
	out := make([]Tensor, 0, len(parsed.WeightMap))
	for _, name := range slices.Sorted(maps.Keys(parsed.WeightMap)) {
		t, ok := found[name]
		if !ok {
			return nil, fmt.Errorf("decode safetensors index: tensor %q is missing from file %q", name, parsed.WeightMap[name])
		}
		out = append(out, t)
	}
	return out, nil
}

package audit

import (
	"bytes"
	"context"
	"io"

	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/library/safetensors"
)

// The form of stored moments, as package train and the learner have it.
const (
	firstMoment, secondMoment = "exp_avg.", "exp_avg_sq."
	momentsStep               = "step"
	momentsFileBytes          = 256 << 20
)

// areZeros tells whether a checkpoint's moments are those of before the first update, all zeros, which are named
// and not stored: their digests follow from the names and shapes of the weights.
func (w *walk) areZeros(key string, c checkpoint.Checkpoint) (bool, error) {
	var specs []safetensors.Spec
	for _, ref := range c.Weights {
		data, err := w.read(key, "weights", ref)
		if data == nil || err != nil {
			return false, err
		}
		file, err := safetensors.Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			w.find(ByRecord, ref.Key, "the weights are none: %v", err)
			return false, nil
		}
		for _, tensor := range file.Tensors() {
			specs = append(specs, safetensors.Spec{Name: firstMoment + tensor.Name, Shape: tensor.Shape}, safetensors.Spec{Name: secondMoment + tensor.Name, Shape: tensor.Shape})
		}
	}
	layout, err := safetensors.NewLayout(specs, safetensors.F32, momentsFileBytes, map[string]string{momentsStep: "0"})
	if err != nil || len(layout.Files) != len(c.Optimizer) {
		return false, nil
	}
	zeros := func(_ context.Context, _ string, _ int, into []float32) error { clear(into); return nil }
	for i, f := range layout.Files {
		if f.Size() != c.Optimizer[i].Size { // before zeros of a forged shape are hashed
			return false, nil
		}
		ref, err := artifact.RefOfWritten(func(to io.Writer) error { return f.Write(w.ctx, to, zeros) })
		if err != nil {
			return false, err
		}
		if ref != c.Optimizer[i] {
			return false, nil
		}
	}
	return true, nil
}

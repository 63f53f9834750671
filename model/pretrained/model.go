package pretrained

import (
	"context"
	"errors"
	"fmt"

	"temper/model/library/safetensors"
)

// Tensors describes all tensors, file by file.
func (m *Model) Tensors() []safetensors.Info { return m.weights.Tensors() }

// Lookup finds a tensor by its name.
func (m *Model) Lookup(name string) (safetensors.Info, bool) { return m.weights.Lookup(name) }

// Read converts a tensor to float32, straight into into, which must have exactly
// its number of values.
func (m *Model) Read(ctx context.Context, name string, into []float32) error {
	return m.ReadAll(ctx, map[string][]float32{name: into})
}

// ReadAll reads several tensors side by side, each into the memory given for its
// name. Names, dtypes and sizes are checked before anything is read. Beside that
// memory it takes next to none.
func (m *Model) ReadAll(ctx context.Context, into map[string][]float32) error {
	if err := m.weights.ReadAll(ctx, into); err != nil {
		return fmt.Errorf("%s: %w", m.where, err)
	}
	return nil
}

// ReadRange reads a part of a tensor, from element first on: it is a
// safetensors.Source, to write the model elsewhere.
func (m *Model) ReadRange(ctx context.Context, name string, first int, into []float32) error {
	if err := m.weights.ReadRange(ctx, name, first, into); err != nil {
		return fmt.Errorf("%s: %w", m.where, err)
	}
	return nil
}

// Close closes the model's files. Its tensors cannot be read afterwards.
func (m *Model) Close() error {
	var all error
	for _, file := range m.open {
		all = errors.Join(all, file.Close())
	}
	m.open = nil
	if all != nil {
		return fmt.Errorf("close %s: %w", m.where, all)
	}
	return nil
}

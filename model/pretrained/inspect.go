package pretrained

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"temper/model/library/jsonkind"
	"temper/model/library/safetensors"
)

// The largest small files that are read.
const (
	maxConfigBytes    = 4 << 20
	maxTokenizerBytes = 128 << 20
	maxIndexBytes     = 64 << 20
)

// Model is a model whose files have been found and checked, but for the values
// of its tensors. It is safe for concurrent use until it is closed.
type Model struct {
	// ConfigJSON is config.json as it stands there: a JSON object.
	ConfigJSON []byte
	// GenerationConfig is generation_config.json, nil when there is none.
	GenerationConfig []byte
	// TokenizerFiles are those of TokenizerNames that are there, by name.
	TokenizerFiles map[string][]byte

	where   string
	weights weights
	open    []File
}

// weights is what one file and a set of shards have in common.
type weights interface {
	Tensors() []safetensors.Info
	Lookup(name string) (safetensors.Info, bool)
	ReadAll(ctx context.Context, into map[string][]float32) error
	ReadRange(ctx context.Context, name string, first int, into []float32) error
}

// Inspect reads everything of a model but the values of its tensors: config.json,
// generation_config.json, the tokenizer's files, the index and the header of
// every safetensors file. What is wrong, damaged, cut short or not supported is
// one line that names the file and the tensor. Whether the tensors are those that
// config.json asks for is for the caller to say, who knows the architecture:
// Tensors lists names, dtypes and shapes. ctx bounds later reads too.
func Inspect(ctx context.Context, folder Folder) (*Model, error) {
	m := &Model{where: named("model", folder)}
	err := refuseAdapter(ctx, folder)
	if err == nil {
		err = m.readConfig(ctx, folder)
	}
	if err == nil {
		m.TokenizerFiles, err = TokenizerFiles(ctx, folder)
	}
	if err == nil {
		err = m.openWeights(ctx, folder)
	}
	if err == nil {
		err = refuseQuantised(m.Tensors())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", m.where, err), m.Close())
	}
	return m, nil
}

func (m *Model) readConfig(ctx context.Context, folder Folder) (err error) {
	m.ConfigJSON, err = readWhole(ctx, folder, ConfigName, maxConfigBytes)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return explainAbsent(ctx, folder)
	case err != nil:
		return err
	}
	fields, err := object(ConfigName, m.ConfigJSON)
	if err != nil {
		return err
	}
	if err := checkFullPrecision(fields); err != nil {
		return err
	}
	m.GenerationConfig, err = readWhole(ctx, folder, GenerationConfigName, maxConfigBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		_, err = object(GenerationConfigName, m.GenerationConfig)
	}
	return err
}

// object reads a file that has to be a JSON object.
func object(name string, data []byte) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := jsonkind.Decode(data, &fields); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if fields == nil {
		return nil, fmt.Errorf("%s: it is null; valid: an object", name)
	}
	return fields, nil
}

// checkFullPrecision refuses weights that config.json says are quantised.
func checkFullPrecision(fields map[string]json.RawMessage) error {
	for _, field := range []string{"quantization_config", "compression_config"} {
		value, ok := fields[field]
		if !ok || bytes.Equal(value, []byte("null")) {
			continue
		}
		var quantisation struct {
			Method string `json:"quant_method"`
		}
		how := ""
		if jsonkind.Decode(value, &quantisation) == nil && quantisation.Method != "" {
			how = " by " + jsonkind.Clip(quantisation.Method)
		}
		return fmt.Errorf("the weights are quantised%s (%s has %s); valid: full precision", how, ConfigName, field)
	}
	return nil
}

// TokenizerFiles reads those of TokenizerNames that are in a folder, which needs
// no model in it.
func TokenizerFiles(ctx context.Context, folder Folder) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, name := range TokenizerNames {
		data, err := readWhole(ctx, folder, name, maxTokenizerBytes)
		switch {
		case err == nil:
			files[name] = data
		case errors.Is(err, errNoFolder) || !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return files, nil
}

// openWeights opens the one file or the shards, and checks their headers. As in
// transformers one file counts where both are there, unless it is a shard itself.
func (m *Model) openWeights(ctx context.Context, folder Folder) error {
	index, err := readWhole(ctx, folder, indexName, maxIndexBytes)
	sharded := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	single, err := m.openFile(ctx, folder, weightsName)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil && !sharded:
		return explainAbsent(ctx, folder)
	case err == nil && !(sharded && placesIn(index, weightsName)):
		file, err := safetensors.Open(single, single.Size())
		if err != nil {
			return fmt.Errorf("%s: %w", weightsName, err)
		}
		m.weights = file
		return nil
	}
	set, err := safetensors.OpenSharded(index, func(name string) (io.ReaderAt, int64, error) {
		file, err := m.openFile(ctx, folder, name)
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("the file is missing, which %s names: %w", indexName, fs.ErrNotExist)
		}
		if err != nil {
			return nil, 0, err
		}
		return file, file.Size(), nil
	})
	if err != nil {
		return err
	}
	m.weights = set
	return nil
}

// openFile opens a file that stays open until Close.
func (m *Model) openFile(ctx context.Context, folder Folder, name string) (File, error) {
	file, err := folder.Open(ctx, name)
	if err == nil {
		m.open = append(m.open, file)
	}
	return file, err
}

// placesIn reports whether an index places a tensor in a file.
func placesIn(index []byte, file string) bool {
	place, err := safetensors.ParseIndex(index)
	return err == nil && slices.Contains(slices.Collect(maps.Values(place)), file)
}

package pretrained

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"temper/model/library/safetensors"
)

// Export is a model that is to be written.
type Export struct {
	// Config is config.json; its torch_dtype is set to DType.
	Config []byte
	// GenerationConfig is generation_config.json; empty for none.
	GenerationConfig []byte
	// Files are further files by name, such as the tokenizer's.
	Files map[string][]byte
	// Tensors are written in this order, cut into files as safetensors.NewLayout does.
	Tensors []safetensors.Spec
	// Values gives the tensors' values.
	Values safetensors.Source
	// DType is F32, BF16 or F16.
	DType safetensors.DType
	// MaxShardBytes bounds the values of one file; 0 writes a single file.
	MaxShardBytes int64
	// Metadata goes into the header of each safetensors file, beside "format": "pt".
	Metadata map[string]string
	// Replace allows to write over another model.
	Replace bool
	// Progress, when it is set, is told after every few MiB how much of a file is written.
	Progress func(file string, written, size int64)
}

// torchNames are the names of dtypes in config.json.
var torchNames = map[safetensors.DType]string{safetensors.F32: "float32", safetensors.BF16: "bfloat16", safetensors.F16: "float16"}

// Write writes a model: the weights, then index, tokenizer files and
// generation_config.json, and config.json at last. Whatever ends the writing
// early, the target has no config.json, and nobody takes it for a model.
//
// The target may be empty, or hold what an unfinished Write of the same files
// left; then these are written anew. Anything else is refused, unless
// e.Replace is set. Then config.json is removed first, and so are the weights and
// the tokenizer's files of the old model that the new one does not replace, since
// a reader might take them for its own; files that belong to no model stay.
func Write(ctx context.Context, sink Sink, e Export) error {
	if err := write(ctx, sink, e); err != nil {
		return fmt.Errorf("%s: %w", named("write model", sink), err)
	}
	return nil
}

func write(ctx context.Context, sink Sink, e Export) error {
	small, err := e.smallFiles()
	if err != nil {
		return err
	}
	metadata := map[string]string{"format": "pt"} // transformers insists on it
	maps.Copy(metadata, e.Metadata)
	layout, err := safetensors.NewLayout(e.Tensors, e.DType, e.MaxShardBytes, metadata)
	if err != nil {
		return err
	}
	if layout.Index != nil {
		small[indexName] = layout.Index
	}
	names := slices.Collect(maps.Keys(small))
	for _, file := range layout.Files {
		names = append(names, file.Name)
	}
	if err := clearTarget(ctx, sink, names, e.Replace); err != nil {
		return err
	}
	for _, file := range layout.Files {
		err := create(ctx, sink, file.Name, file.Size(), e.Progress, func(w io.Writer) error { return file.Write(ctx, w, e.Values) })
		if err != nil {
			return err
		}
	}
	last := slices.DeleteFunc(slices.Sorted(maps.Keys(small)), func(name string) bool { return name == ConfigName })
	for _, name := range append(last, ConfigName) {
		err := create(ctx, sink, name, int64(len(small[name])), nil, func(w io.Writer) error {
			_, err := w.Write(small[name])
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// smallFiles are the files that are no weights, by name.
func (e Export) smallFiles() (map[string][]byte, error) {
	config, err := withDType(e.Config, e.DType)
	if err != nil {
		return nil, err
	}
	small := map[string][]byte{}
	for name, data := range e.Files {
		if err := safetensors.CheckFileName(name); err != nil {
			return nil, err
		}
		if name == ConfigName || name == GenerationConfigName || modelFile(name) {
			return nil, fmt.Errorf("file %s is the model's own; it cannot be among the further files", name)
		}
		small[name] = data
	}
	small[ConfigName] = config
	if len(e.GenerationConfig) > 0 {
		if _, err := object(GenerationConfigName, e.GenerationConfig); err != nil {
			return nil, err
		}
		if small[GenerationConfigName], err = indent(e.GenerationConfig); err != nil {
			return nil, err
		}
	}
	return small, nil
}

// withDType sets the dtype in a config.json under the names that it has there,
// torch_dtype if it has none. All else stays as it is, in the order of names.
func withDType(config []byte, dtype safetensors.DType) ([]byte, error) {
	name, ok := torchNames[dtype]
	if !ok {
		return nil, fmt.Errorf("dtype %q cannot be written; valid: F32, BF16, F16", dtype)
	}
	fields, err := object(ConfigName, config)
	if err != nil {
		return nil, err
	}
	quoted := json.RawMessage(`"` + name + `"`)
	_, newer := fields["dtype"] // transformers 5 writes it
	if _, older := fields["torch_dtype"]; older || !newer {
		fields["torch_dtype"] = quoted
	}
	if newer {
		fields["dtype"] = quoted
	}
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(fields); err != nil {
		return nil, fmt.Errorf("%s: %w", ConfigName, err)
	}
	return data.Bytes(), nil
}

// indent is JSON as Hugging Face writes it.
func indent(data []byte) ([]byte, error) {
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(data), "", "  "); err != nil {
		return nil, err
	}
	return append(out.Bytes(), '\n'), nil
}

// create writes one file, or none of it.
func create(ctx context.Context, sink Sink, name string, size int64, progress func(string, int64, int64), fill func(io.Writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w, err := sink.Create(ctx, name, size)
	if err != nil {
		return fmt.Errorf("create %s: %w", name, err)
	}
	counted := &counter{Writer: w, name: name, size: size, progress: progress}
	if err := fill(counted); err != nil {
		return errors.Join(err, w.Abort())
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("finish %s: %w", name, err)
	}
	return nil
}

// counter tells how far a file is.
type counter struct {
	io.Writer
	name          string
	written, size int64
	progress      func(string, int64, int64)
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.written += int64(n)
	if c.progress != nil {
		c.progress(c.name, c.written, c.size)
	}
	return n, err
}

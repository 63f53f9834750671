package pretrained

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"temper/model/library/safetensors"
)

// refuseAdapter refuses a folder that transformers would take for an adapter,
// whatever else lies in it.
func refuseAdapter(ctx context.Context, folder Folder) error {
	file, err := folder.Open(ctx, "adapter_config.json")
	switch {
	case errors.Is(err, errNoFolder):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return errors.Join(errors.New(isAdapter), file.Close())
}

const isAdapter = "it is a PEFT adapter, not a whole model; merge it into its base model first"

// others are files of models that are stored in another way, and what to do
// with each.
var others = []struct{ name, meaning string }{
	{"adapter_model.safetensors", isAdapter},
	{"pytorch_model.bin", "its weights are in PyTorch's own format (pytorch_model.bin); valid: safetensors (save_pretrained with safe_serialization writes them)"},
	{"pytorch_model.bin.index.json", "its weights are in PyTorch's own format (pytorch_model-*.bin); valid: safetensors (save_pretrained with safe_serialization writes them)"},
	{"consolidated.safetensors", "its weights have the names of another layout (consolidated.safetensors); valid: model.safetensors or model.safetensors.index.json with its shards"},
	{"params.json", "it is in the layout of another program (params.json); valid: Hugging Face's (config.json and model.safetensors)"},
	{"model_index.json", "it is a pipeline of several models (model_index.json); valid: the folder of one of them"},
	{"tf_model.h5", "its weights are in TensorFlow's format (tf_model.h5); valid: safetensors"},
	{"flax_model.msgpack", "its weights are in Flax's format (flax_model.msgpack); valid: safetensors"},
}

// explainAbsent says why a folder without config.json or without safetensors is
// not a model, as far as it can be told from the files that are there.
func explainAbsent(ctx context.Context, folder Folder) error {
	for _, other := range others {
		file, err := folder.Open(ctx, other.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		return errors.Join(errors.New(other.meaning), file.Close())
	}
	file, err := folder.Open(ctx, ConfigName)
	switch {
	case err == nil:
		return errors.Join(fmt.Errorf("it has no weights: neither %s nor %s is there", weightsName, indexName), file.Close())
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return fmt.Errorf("it has no %s; a folder in Hugging Face's layout is needed: %w", ConfigName, fs.ErrNotExist)
}

// quantisedNames end the names of tensors that only quantised weights have.
var quantisedNames = []string{
	".qweight", ".qzeros", ".g_idx", ".weight_packed", ".weight_scale", ".weight_scale_inv", ".weight.absmax", ".weight.quant_map", ".SCB",
}

// refuseQuantised finds quantised weights that config.json does not tell of.
func refuseQuantised(tensors []safetensors.Info) error {
	for _, t := range tensors {
		for _, end := range quantisedNames {
			if strings.HasSuffix(t.Name, end) {
				return fmt.Errorf("the weights are quantised (tensor %q); valid: full precision", t.Name)
			}
		}
		if strings.HasPrefix(string(t.DType), "F8_") || strings.HasPrefix(string(t.DType), "F6_") || t.DType == "F4" {
			return fmt.Errorf("the weights are quantised (tensor %q has dtype %s); valid: F32, BF16, F16", t.Name, t.DType)
		}
	}
	return nil
}

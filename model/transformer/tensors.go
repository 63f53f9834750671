package transformer

import (
	"fmt"
	"slices"
	"strings"

	"temper/model/library/safetensors"
	"temper/model/pretrained"
)

// modelPrefix begins the names of a language model's tensors, but the head's.
const modelPrefix = "model."

// otherPrefixes begin them where the decoder was saved on its own, or under a
// head for questions and answers.
var otherPrefixes = []string{"", "transformer."}

// arranged are a checkpoint's tensors by the names that a language model has.
type arranged struct {
	prefix string // of the decoder's names in the checkpoint
	params map[string]safetensors.Info
}

// arrange finds the decoder in a checkpoint. Rotary frequencies, which old
// checkpoints carry along, and other heads are left out.
func arrange(tensors []safetensors.Info) arranged {
	has := make(map[string]bool, len(tensors))
	for _, info := range tensors {
		has[info.Name] = true
	}
	a := arranged{prefix: modelPrefix, params: make(map[string]safetensors.Info, len(tensors))}
	for _, prefix := range otherPrefixes {
		if embed := strings.TrimPrefix(embedName, modelPrefix); !has[embedName] && has[prefix+embed] {
			a.prefix = prefix
			break
		}
	}
	for _, info := range tensors {
		rest, ofDecoder := strings.CutPrefix(info.Name, a.prefix)
		switch {
		case strings.HasSuffix(info.Name, "rotary_emb.inv_freq"), pretrained.OtherHead(info.Name):
		case ofDecoder && info.Name != headName:
			a.params[modelPrefix+rest] = info
		default:
			a.params[info.Name] = info
		}
	}
	return a
}

// match compares a checkpoint's tensors with those that c asks for, in time that
// grows with the checkpoint whatever c says. The lm_head.weight of a tied model is
// accepted; so are the names of a decoder that was saved without a head, and other
// heads, which are left out.
func (a arranged) match(c Config) error {
	if err := a.matchSizes(c); err != nil {
		return err
	}
	var faults []string
	specs := c.Params()
	wanted := make(map[string]bool, len(specs))
	for _, p := range specs {
		wanted[p.Name] = true
		info, ok := a.params[p.Name]
		switch {
		case !ok && p.Name == headName:
			faults = append(faults, fmt.Sprintf("tensor %q is missing: without it the model predicts no tokens, unless tie_word_embeddings is true", headName))
		case !ok:
			faults = append(faults, fmt.Sprintf("tensor %q is missing", a.prefix+strings.TrimPrefix(p.Name, modelPrefix)))
		case !slices.Equal(info.Shape, p.Shape):
			faults = append(faults, fmt.Sprintf("tensor %.100q has shape %v; config.json asks for %v", info.Name, info.Shape, p.Shape))
		}
	}
	var extra []string
	for name, info := range a.params {
		tiedHead := name == headName && c.TieWordEmbeddings && slices.Equal(info.Shape, specs[0].Shape)
		if !wanted[name] && !tiedHead {
			extra = append(extra, fmt.Sprintf("tensor %.100q is not a parameter of this config.json", info.Name))
		}
	}
	slices.Sort(extra)
	faults = append(faults, extra...)
	const named = 6
	if len(faults) > named {
		faults = append(faults[:named], fmt.Sprintf("and %d more", len(faults)-named))
	}
	if len(faults) > 0 {
		return fmt.Errorf("%s", strings.Join(faults, "; "))
	}
	return nil
}

// matchSizes compares the numbers that decide how many parameters there are, and
// how large, before any list of them is made.
func (a arranged) matchSizes(c Config) error {
	layers := map[string]bool{}
	for name := range a.params {
		if rest, ok := strings.CutPrefix(name, modelPrefix+"layers."); ok {
			number, _, _ := strings.Cut(rest, ".")
			layers[number] = true
		}
	}
	if c.NumHiddenLayers > len(layers) {
		return fmt.Errorf("num_hidden_layers is %d, but the file has the tensors of %d layers", c.NumHiddenLayers, len(layers))
	}
	embed, ok := a.params[embedName]
	if !ok || len(embed.Shape) != 2 {
		return nil // match says so
	}
	if embed.Shape[0] != c.VocabSize {
		return fmt.Errorf("vocab_size is %d, but %s has %d rows", c.VocabSize, embed.Name, embed.Shape[0])
	}
	if embed.Shape[1] != c.HiddenSize {
		return fmt.Errorf("hidden_size is %d, but %s has %d columns", c.HiddenSize, embed.Name, embed.Shape[1])
	}
	return nil
}

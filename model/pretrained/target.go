package pretrained

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"temper/model/tokenizer"
)

// shardName is the form of the names of weights files, ours and others'.
var shardName = regexp.MustCompile(`^(model|pytorch_model|adapter_model|consolidated)[-.0-9a-z]*\.(safetensors|bin)(\.index\.json)?$`)

// modelFile reports whether a name is one of a model's weights or of their index.
func modelFile(name string) bool { return shardName.MatchString(name) }

// part reports whether a name is one that a file of a model has.
func part(name string) bool {
	return modelFile(name) || slices.Contains(TokenizerNames, name) || name == tokenizer.ModuleName || name == GenerationConfigName || name == "adapter_config.json"
}

// CheckTarget refuses a target that Write would refuse, as far as that can be
// told before the model's files are known: one with a model in it, or with files
// that belong to none. With replace everything is accepted that can be listed.
func CheckTarget(ctx context.Context, sink Sink, replace bool) error {
	there, err := sink.List(ctx)
	if err == nil && !replace {
		err = refuseTaken(there, part)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", named("write model", sink), err)
	}
	return nil
}

// refuseTaken refuses a target with a model in it, or with files that are not ours.
func refuseTaken(there []string, ours func(string) bool) error {
	if slices.Contains(there, ConfigName) {
		return fmt.Errorf("%w: there is a model already (%s)", ErrTaken, ConfigName)
	}
	foreign := slices.DeleteFunc(slices.Sorted(slices.Values(there)), func(name string) bool { return unfinished(name) || ours(name) })
	if len(foreign) > 0 {
		return fmt.Errorf("%w: it holds %s", ErrTaken, few(foreign))
	}
	return nil
}

// ErrTaken is wrapped by errors about a target that is not empty.
var ErrTaken = errors.New("the target is not empty")

// clearTarget sees to it that nothing but files of the given names, about to be
// written, could be taken for a part of the model.
func clearTarget(ctx context.Context, sink Sink, names []string, replace bool) error {
	there, err := sink.List(ctx)
	if err != nil {
		return err
	}
	ours := func(name string) bool { return slices.Contains(names, name) }
	if !replace {
		if err := refuseTaken(there, ours); err != nil {
			return err
		}
	}
	var stale []string
	if slices.Contains(there, ConfigName) { // goes before anything else changes
		stale = append(stale, ConfigName)
	}
	for _, name := range there {
		if unfinished(name) || part(name) && !ours(name) {
			stale = append(stale, name)
		}
	}
	for _, name := range stale {
		if err := sink.Remove(ctx, name); err != nil {
			return fmt.Errorf("remove %s: %w", name, err)
		}
	}
	return nil
}

// few names the first of a list.
func few(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}

package recipe

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// leafPaths are the paths of all values of a type that has no alternatives.
func leafPaths(of reflect.Type, at string) (paths []string) {
	if !isGroup(of) {
		return []string{at}
	}
	for i := range of.NumField() {
		f := of.Field(i)
		if f.Type.Kind() == reflect.Pointer || f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct {
			continue // what is not given does not act
		}
		paths = append(paths, leafPaths(f.Type, join(at, keyOf(f)))...)
	}
	return paths
}

// TestEffective: of every stage each value is there by which it acts, and what the recipe leaves out has a value that
// says what stands for it.
func TestEffective(t *testing.T) {
	for _, name := range Names() {
		r := named(t, name)
		groups := r.Effective()
		for i, s := range r.Stages {
			if groups[i].Name != s.Name {
				t.Fatalf("%s: group %d is %s, want %s", name, i, groups[i].Name, s.Name)
			}
			var paths []string
			for _, v := range groups[i].Values {
				paths = append(paths, v.Path)
				if v.Value == "" {
					t.Errorf("%s: %s of %s has no value", name, v.Path, s.Name)
				}
			}
			kind := ""
			if s.RL != nil {
				kind = s.RL.Objective.WithDefaults().Kind
			}
			for _, want := range leafPaths(settingsType(s.Kind), "") {
				if !slices.Contains(paths, want) && (kind == "" || acts(kind, want)) {
					t.Errorf("%s: %s of %s is missing", name, want, s.Name)
				}
			}
		}
	}
}

// TestEffectiveDefaults: what is left out, and what stands for it.
func TestEffectiveDefaults(t *testing.T) {
	values := map[string]Setting{}
	for _, g := range named(t, "demo").Effective() {
		for _, v := range g.Values {
			values[g.Name+" "+v.Path] = v
		}
	}
	for path, want := range map[string]Setting{
		"sft from":                      {Value: "last", Default: true},
		"sft epochs":                    {Value: "1"},
		"math-short objective.clip.low": {Value: "0.2", Default: true},
		"math-short objective.updates.mini_batches": {Value: "1", Default: true},
		"math-short objective.advantage.std":        {Value: "population"},
		"math-short temperature":                    {Value: "search"},
		"math-short hand_on.policy":                 {Value: "last", Default: true},
		"math-short evaluate_every":                 {Value: "0", Default: true},
		"math-short optimizer.schedule":             {Value: "constant"},
		"benchmark math top_p":                      {Value: "0.95"},
		"programs extract":                          {Value: "programs.extract, or last", Default: true},
		"numerics compute":                          {Value: "float32", Default: true},
	} {
		if got := values[path]; got.Value != want.Value || got.Default != want.Default {
			t.Errorf("%s is %+v, want %+v", path, got, want)
		}
	}
	for path := range values {
		if strings.Contains(path, " objective.nft") {
			t.Errorf("%s belongs to another objective", path)
		}
	}
}

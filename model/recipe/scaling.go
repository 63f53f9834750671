package recipe

import (
	"cmp"
	"embed"
	"fmt"
	"math"
	"slices"

	"temper/model/library/yamlfolder"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"
)

//go:embed scaling/*.yaml
var scalingFiles embed.FS

// Subset keeps Prompts questions (0: all), and Responses rows of each (0: all), drawn by the
// run's seed. A smaller subset is part of every larger one, whatever the file's order
// (AceReason-Nemotron 1.1 §2: scaling of prompts and of responses per prompt).
type Subset struct {
	// Preset is one of ScalingPresets, the sets v1 to v7 of AceReason-Nemotron 1.1 §2. It gives
	// the numbers that are left out below, those of its half Domain: "math" or "code".
	Preset string `json:"preset,omitempty"`
	Domain Domain `json:"domain,omitempty"`
	// Fraction scales the preset's prompts down, and leaves its responses per prompt; 0 means 1.
	Fraction float64 `json:"fraction,omitempty"`
	Prompts  int     `json:"prompts,omitempty"`
	// Responses may have decimals: of 2.4 a question keeps two rows, and two of five a third.
	Responses float64 `json:"responses,omitempty"`
}

// scalingPreset is a file of the table: a half of a set each.
type scalingPreset struct {
	Math Subset `json:"math"`
	Code Subset `json:"code"`
}

// half is the preset's part of a domain; false if it has none.
func (p scalingPreset) half(d Domain) (Subset, bool) {
	switch d {
	case DomainMath:
		return p.Math, true
	case DomainCode:
		return p.Code, true
	}
	return Subset{}, false
}

// ScalingPresets lists the presets of Subset, sorted.
func ScalingPresets() []string { return yamlfolder.Names(scalingFiles, "scaling") }

// presetNamed reads a preset and the sources of its values by path; false if there is none.
func presetNamed(name string) (scalingPreset, map[string]source, bool) {
	if !slices.Contains(ScalingPresets(), name) {
		return scalingPreset{}, nil, false
	}
	var p scalingPreset
	var tree yaml.Node
	text, err := scalingFiles.ReadFile("scaling/" + name + ".yaml")
	if err == nil {
		err = sigsyaml.UnmarshalStrict(text, &p)
	}
	if err == nil {
		err = yaml.Unmarshal(text, &tree)
	}
	if err != nil { // the files are part of the program
		panic(fmt.Sprintf("scaling preset %s: %v", name, err))
	}
	sources := map[string]source{}
	leaves(&tree, "", "", func(path string, leaf *yaml.Node, comment string) {
		sources[path] = source{valueOf(leaf), "preset " + name + ": " + comment}
	})
	return p, sources, true
}

// subsets calls f with every subset rule and its path.
func (r Recipe) subsets(f func(path string, s *Subset)) {
	for _, stage := range r.Stages {
		if stage.Curate == nil {
			continue
		}
		for i, rule := range stage.Curate.Rules {
			if rule.Subset != nil {
				f(fmt.Sprintf("stages.%s.rules.%d.subset", stage.Name, i), rule.Subset)
			}
		}
	}
}

// fillSubsets puts a preset's numbers where the recipe leaves them out.
func (r *Recipe) fillSubsets() {
	r.subsets(func(_ string, s *Subset) { s.fill() })
}

// fill takes from the preset what s leaves out.
func (s *Subset) fill() {
	preset, _, _ := presetNamed(s.Preset)
	half, ok := preset.half(s.Domain)
	if !ok || half == (Subset{}) {
		return
	}
	fraction := cmp.Or(s.Fraction, 1)
	if prompts := math.Round(fraction * float64(half.Prompts)); fraction > 0 && fraction <= 1 {
		s.Prompts = cmp.Or(s.Prompts, max(1, int(prompts)))
	}
	s.Responses = cmp.Or(s.Responses, half.Responses)
}

// forget takes away what a preset gave, so that another one, or another share of it, gives it anew.
func (s *Subset) forget() { s.Prompts, s.Responses = 0, 0 }

// addSubsets adds the sources of the values that presets may have given the recipe.
func (r Recipe) addSubsets(to Sources) {
	r.subsets(func(path string, s *Subset) {
		_, sources, ok := presetNamed(s.Preset)
		if !ok {
			return
		}
		given := Subset{Preset: s.Preset, Domain: s.Domain, Fraction: s.Fraction}
		given.fill()
		prompts := sources[string(s.Domain)+".prompts"].text
		if s.Fraction != 0 {
			prompts = fmt.Sprintf("%g of %s", s.Fraction, prompts)
		}
		to[join(path, "prompts")] = source{fmt.Sprint(given.Prompts), prompts}
		to[join(path, "responses")] = source{fmt.Sprint(given.Responses), sources[string(s.Domain)+".responses"].text}
	})
}

func (v *validator) subset(at string, s Subset) {
	v.atLeast(at+".prompts", s.Prompts, 0)
	v.check(at+".responses", s.Responses == 0 || s.Responses >= 1 && s.Responses <= math.MaxInt32, "is %g; valid: at least 1, or absent", s.Responses)
	if s.Preset == "" {
		v.check(at+".domain", s.Domain == "", "is %q; valid: absent without preset", s.Domain)
		v.check(at+".fraction", s.Fraction == 0, "is %g; valid: absent without preset", s.Fraction)
		v.check(at, s != Subset{}, "keeps all; valid: preset, or prompts or responses above 0")
		return
	}
	v.oneOf(at+".preset", s.Preset, ScalingPresets())
	v.oneOf(at+".domain", string(s.Domain), []string{string(DomainMath), string(DomainCode)})
	v.check(at+".fraction", s.Fraction >= 0 && s.Fraction <= 1, "is %g; valid: above 0, at most 1, or absent", s.Fraction)
}

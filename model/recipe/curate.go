package recipe

import (
	"fmt"
	"slices"
	"strings"

	"temper/model/library/spelling"
)

// Curate are the settings of a stage that leaves the policy as it is and rows of a
// dataset out: what is there twice, what a benchmark holds too, what cannot be judged.
// What is left is a dataset of its own name for later stages (AceReason-Nemotron 1.0 §3.2
// and 1.1 §2 curate so).
type Curate struct {
	// Data is a dataset of the recipe's, or one that an earlier stage has curated, or collected from the policy or a teacher.
	Data string `json:"data"`
	// Into names what is left of it.
	Into string `json:"into"`
	// Rules are done in order; each sees what the one before it has left.
	Rules []Rule `json:"rules"`
}

// curate checks stage index.
func (v *validator) curate(at string, index int, s Curate) {
	if !slices.Contains(v.recipe.collected(index), s.Data) {
		v.dataset(at+"data", s.Data)
	}
	v.name(at+"into", s.Into)
	_, taken := v.recipe.Data[s.Into]
	v.check(at+"into", !taken && !slices.Contains(v.recipe.made(index), s.Into), "is %q, which data or an earlier stage has; valid: a name of its own", s.Into)
	v.check(at+"rules", len(s.Rules) > 0, "is empty; valid: at least one of %s", ruleNames)
	for i, r := range s.Rules {
		v.rule(fmt.Sprintf("%srules[%d]", at, i), s.Data, i, r)
	}
}

// given checks that data has the dataset, or that an earlier stage collects it.
func (v *validator) given(field, data string) {
	names := append(sortedKeys(v.recipe.Data), v.recipe.collected(v.earlier)...)
	v.check(field, slices.Contains(names, data), "is %q, which data does not have; %svalid: %s", data, spelling.DidYouMean(data, names), strings.Join(names, ", "))
}

// origin is the dataset of the recipe's data, or the one that a stage collects, that the rows of
// a dataset come from, as the stages before stage index curate it.
func (r Recipe) origin(name string, index int) string {
	for i := index - 1; i >= 0; i-- {
		if c := r.Stages[i].Curate; c != nil && c.Into == name {
			name = c.Data
		}
	}
	return name
}

// Origin is the dataset of the recipe's data, or the one that a stage collects, that the rows of a dataset come from.
func (r Recipe) Origin(name string) string { return r.origin(name, len(r.Stages)) }

// Curates says whether a stage makes the dataset of a name out of another.
func (r Recipe) Curates(name string) bool {
	return slices.Contains(r.curatedNames(len(r.Stages)), name)
}

// Read says whether a rule of a stage reads a dataset beside the one that it curates.
func (r Recipe) Read(name string) bool {
	return slices.ContainsFunc(r.Stages, func(s Stage) bool {
		return s.Curate != nil && slices.ContainsFunc(s.Curate.Rules, func(rule Rule) bool {
			return slices.Contains(rule.Others(), name) || name != "" && rule.Tallies() == name
		})
	})
}

// PassRates are the rules of a stage that sample.
func (s Curate) PassRates() []PassRate {
	var rules []PassRate
	for _, r := range s.Rules {
		if r.PassRate != nil {
			rules = append(rules, *r.PassRate)
		}
	}
	return rules
}

// runsPrograms says whether a rule of a stage has programs judged that no policy wrote.
func (s Curate) runsPrograms() bool {
	return slices.ContainsFunc(s.Rules, func(r Rule) bool { _, runs := r.RunsPrograms(); return runs })
}

// curatedNames are the names of the datasets that stages before stage index curate.
func (r Recipe) curatedNames(index int) []string {
	var names []string
	for _, s := range r.Stages[:index] {
		if s.Curate != nil {
			names = append(names, s.Curate.Into)
		}
	}
	return names
}

// made are the names of the datasets that stages before stage index make.
func (r Recipe) made(index int) []string { return append(r.collected(index), r.curatedNames(index)...) }

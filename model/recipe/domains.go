package recipe

import (
	"fmt"
	"slices"
)

// use is a stage or benchmark that has problems of a dataset judged, or asks them.
type use struct {
	field, data string
	domain      Domain
	label       Label
	// prompt is the text of its own that it asks with.
	prompt string
	// asks says that nothing is judged.
	asks bool
}

// uses are those of all stages and benchmarks, in order. One of a curated dataset is one of
// the dataset that it comes from.
func (r Recipe) uses() []use {
	var all []use
	for i, s := range r.Stages {
		at := fmt.Sprintf("stages[%d]", i)
		switch {
		case s.RL != nil:
			all = append(all, use{at, r.Origin(s.RL.Data), s.RL.Domain, s.RL.Label, "", false})
		case s.Collect != nil:
			all = append(all, use{at, r.Origin(s.Collect.Data), s.Collect.Domain, s.Collect.Label, "", false})
		case s.Curate != nil:
			for _, p := range s.Curate.PassRates() {
				all = append(all, use{at, r.Origin(s.Curate.Data), p.Domain, "", "", false})
			}
			if s.Curate.runsPrograms() {
				all = append(all, use{at, r.Origin(s.Curate.Data), DomainCode, "", "", false})
			}
		case s.Teach != nil:
			all = append(all, use{at, r.Origin(s.Teach.Data), s.Teach.Domain, "", "", !s.Teach.Judges()})
		}
	}
	for i, b := range r.Evaluation.Benchmarks {
		all = append(all, use{fmt.Sprintf("evaluation.benchmarks[%d]", i), b.Data, b.Domain, b.Label, b.Prompt, false})
	}
	return all
}

// DomainOf is the domain of the stages and benchmarks that use a dataset, "" if none does.
func (r Recipe) DomainOf(dataset string) Domain {
	uses := r.uses()
	if i := slices.IndexFunc(uses, func(u use) bool { return u.data == dataset }); i >= 0 {
		return uses[i].domain
	}
	return ""
}

// domains checks that a dataset is of one domain, which decides what its problems must
// hold, and asked in one way.
func (v *validator) domains() {
	uses := v.recipe.uses()
	for i, u := range uses {
		first := slices.IndexFunc(uses, func(other use) bool { return other.data == u.data })
		v.check(u.field+".domain", first == i || uses[first].domain == u.domain,
			"is %q, but %s uses the dataset %q with domain %q; valid: one domain, or two names in data for the file (file_of)",
			u.domain, uses[first].field, u.data, uses[first].domain)
		v.check(u.field+".prompt", first == i || uses[first].prompt == u.prompt,
			"is %q, but %s uses the dataset %q with %q; valid: one text, or two names in data for the file (file_of)",
			u.prompt, uses[first].field, u.data, uses[first].prompt)
	}
}

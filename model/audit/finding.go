package audit

import (
	"cmp"
	"fmt"
)

// Evidence is what a finding stands on: the strongest forger that it does not need.
type Evidence string

// The kinds of evidence, each harder to forge than the one before.
const (
	// ByDigest: bytes are not those that a digest names, or are not there.
	ByDigest Evidence = "digest"
	// ByRecord: a record contradicts its key, its input, or the documents that it names.
	ByRecord Evidence = "record"
	// ByLineage: something was used that no record of the run made.
	ByLineage Evidence = "lineage"
	// ByRecipe: work was asked for that is not the recorded recipe's.
	ByRecipe Evidence = "recipe"
	// ByChain: the records are not those that the run's ledgers list.
	ByChain Evidence = "chain"
	// ByHistory: Temporal's history says something else.
	ByHistory Evidence = "history"
	// ByRecomputing: the work, done again, has another result.
	ByRecomputing Evidence = "recomputation"
	// BySignature: a statement is not what an operator's key has signed.
	BySignature Evidence = "signature"
)

// Finding is one thing that is wrong with a run's records.
type Finding struct {
	Evidence Evidence `json:"evidence"`
	// Where is the key of a record or blob, or the place in a history.
	Where string `json:"where"`
	// What says it in a sentence.
	What string `json:"what"`
}

// String is the finding on a line.
func (f Finding) String() string { return fmt.Sprintf("[%s] %s: %s", f.Evidence, f.Where, f.What) }

func compareFindings(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.Where, b.Where), cmp.Compare(a.Evidence, b.Evidence), cmp.Compare(a.What, b.What))
}

// find adds a finding, once.
func (w *walk) find(by Evidence, where, form string, values ...any) {
	f := Finding{by, where, fmt.Sprintf(form, values...)}
	if w.found[f] {
		return
	}
	if w.found == nil {
		w.found = map[Finding]bool{}
	}
	w.found[f] = true
	w.report.Findings = append(w.report.Findings, f)
}

// Find adds what somebody else has found.
func (r *Report) Find(by Evidence, where, what string) {
	r.Findings = append(r.Findings, Finding{by, where, what})
}

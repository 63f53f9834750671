// Package audit proves from a run's records what made its final weights.
//
// A record is believed for what can be computed again from its bytes alone: its own digest, the digests of
// all that it names, its key, the figures that follow from stored documents, and its place in the lineage.
// Whoever can write to the store can make all of these anew. What such a forger cannot make are the chain of
// ledgers, whose head stands in the run's history, the history itself, and the result of computing again:
// see Finding's Evidence.
//
// The package only reads, through Reader, and knows neither a store nor Temporal nor a clock. Of a record it
// keeps names and digests; blobs are read one at a time.
package audit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"temper/model/artifact"
)

// Reader reads a store, or a copy of a part of one. Its errors wrap artifact.ErrCorrupt where the bytes are
// not those that were asked for; what Options.Missing says of an error is not there.
type Reader interface {
	// Get returns the blob that ref names, verified.
	Get(ctx context.Context, ref artifact.Ref) ([]byte, error)
	// Read returns the document key.
	Read(ctx context.Context, key string) ([]byte, error)
	// List returns all keys that begin with prefix, in byte order.
	List(ctx context.Context, prefix string) ([]string, error)
}

// Options of Run.
type Options struct {
	// Missing tells whether an error of the reader says that something is not there.
	Missing func(error) bool
	// WithoutWeights says that the files of weights and moments are not to be read, as they are left out of an export.
	WithoutWeights bool
	// History is what Temporal still has of the run; nil where it has nothing, or was not asked.
	History History
	// Progress, if not nil, is told what is done, and how much of it.
	Progress func(what string, done, all int)
}

// Run audits a run. The error is one of reading, as of a store that is away: what is wrong with the run are
// the report's findings.
func Run(ctx context.Context, store Reader, run artifact.RunID, o Options) (Report, error) {
	w := &walk{
		ctx: ctx, store: store, run: run, options: o,
		made: map[digest][]int{}, seen: map[digest]bool{}, named: map[digest]bool{}, steps: map[string]map[int][]int{}, inputs: map[digest][]int{}, refs: map[digest]artifact.Ref{},
		byKey: map[string]int{}, damaged: map[string]string{},
		chain: chain{map[string]artifact.Ledger{}, map[string]bool{}, map[string]artifact.Seal{}},
	}
	if w.options.Missing == nil {
		w.options.Missing = func(error) bool { return false }
	}
	w.report.Run, w.report.Findings = run, []Finding{}
	for _, part := range []func() error{w.readRecipe, w.readRecords, w.checkExtended, w.checkLineage, w.checkParentRun, w.walkFromFinal, w.checkChain, w.compareHistory} {
		if err := part(); err != nil {
			return w.report, fmt.Errorf("audit run %s: %w", run.Name, err)
		}
	}
	w.summarize()
	slices.SortStableFunc(w.report.Findings, compareFindings)
	return w.report, nil
}

// walk is an audit at work.
type walk struct {
	ctx     context.Context
	store   Reader
	run     artifact.RunID
	options Options
	report  Report

	recipe recorded
	// records are all of the run, in the order of their keys, and byKey where each is; damaged are those that are not, with what is
	// wrong with them.
	records []record
	byKey   map[string]int
	damaged map[string]string
	chain   chain
	// made are the records that have a blob as an output, inputs those of an input document.
	made   map[digest][]int
	inputs map[digest][]int
	// seen are the blobs that were read, named those that a document which is an output names.
	seen, named map[digest]bool
	// refs are those of checkpoints, and final is the run's last page with the checkpoint that it is of.
	refs  map[digest]artifact.Ref
	final struct {
		key        string
		ended      time.Time
		checkpoint artifact.Ref
	}
	// extended are segments of stages that have another length than the recipe says.
	extended  []record
	found     map[Finding]bool
	curations []artifact.Manifest
	// steps are the records of updates and segments, by stage and number of updates.
	steps map[string]map[int][]int
}

func (w *walk) progress(what string, done, all int) {
	if w.options.Progress != nil {
		w.options.Progress(what, done, all)
	}
}

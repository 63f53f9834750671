package audit

import (
	"cmp"
	"time"

	"temper/model/artifact"
	"temper/model/curation"
)

// Report is what an audit found, and what it says of the run.
type Report struct {
	Run artifact.RunID `json:"run"`
	// Recipe is the recorded recipe, RecipeName its name, and Seed and Numerics what it says of them.
	Recipe     artifact.Ref `json:"recipe,omitzero"`
	RecipeName string       `json:"recipe_name,omitempty"`
	Seed       uint64       `json:"seed"`
	Numerics   any          `json:"numerics,omitempty"`
	Parent     string       `json:"parent,omitempty"`
	// Began and Ended are when the first work began and the last ended.
	Began time.Time `json:"began,omitzero"`
	Ended time.Time `json:"ended,omitzero"`
	Final Final     `json:"final"`
	// Records counts what was recorded, by kind; Blobs and Bytes are what was read and verified for it, again where
	// several records name it, and LeftOut the files of weights and moments that were not read.
	Records map[artifact.Kind]int `json:"records"`
	Blobs   int                   `json:"blobs"`
	Bytes   int64                 `json:"bytes"`
	LeftOut int                   `json:"left_out,omitempty"`
	// Code, Workers and Graders count the records of each version of the code, worker and version of a judge.
	Code    map[string]int `json:"code"`
	Workers map[string]int `json:"workers"`
	Graders map[string]int `json:"graders,omitempty"`
	// NumericsVersions count the records of each version of the arithmetic, and Allowed those for which somebody let another
	// one compute than the run began with.
	NumericsVersions map[int]int    `json:"numerics_versions"`
	Allowed          map[string]int `json:"allowed,omitempty"`
	// Datasets are in the order of their names.
	Datasets     []Dataset     `json:"datasets,omitempty"`
	Temperatures []Temperature `json:"temperatures,omitempty"`
	Decisions    []Decision    `json:"decisions,omitempty"`
	// Changes are what people did to the run, by its history, in order.
	Changes []Change `json:"changes,omitempty"`
	Redone  Redone   `json:"redone"`
	// Repaired are damaged records whose work was recorded again beside them.
	Repaired []string `json:"repaired,omitempty"`
	// Head is where the run's chain of records ends; Chain and History say what of them was compared.
	Head    string `json:"head,omitempty"`
	Chain   string `json:"chain"`
	History string `json:"history"`
	// Unchecked is what could not be checked, and why.
	Unchecked []Unchecked `json:"unchecked,omitempty"`
	// Recomputed is work that was done again, drawn by RecomputeSeed.
	RecomputeSeed uint64       `json:"recompute_seed,omitempty"`
	Recomputed    []Recomputed `json:"recomputed,omitempty"`
	Findings      []Finding    `json:"findings"`

	// keys are those of the records that can be done again, by kind.
	keys map[artifact.Kind][]string
}

// Passed tells whether nothing was found.
func (r Report) Passed() bool { return len(r.Findings) == 0 }

// Final is what the run ended with, and the way there from its first policy.
type Final struct {
	Checkpoint artifact.Ref   `json:"checkpoint,omitzero"`
	Weights    []artifact.Ref `json:"weights,omitempty"`
	// Begins is the run's first policy, Updates and Segments what lies between.
	Begins   artifact.Ref `json:"begins,omitzero"`
	Updates  int          `json:"updates"`
	Segments int          `json:"segments"`
}

// Dataset is a dataset with where it comes from and what was left out of it.
type Dataset struct {
	Name string `json:"name"`
	// Of is where its rows come from: a URI, a generator, a stage.
	Of string `json:"of"`
	// Source and Licence are as the recipe gives them.
	Source  string `json:"source,omitempty"`
	Licence string `json:"licence,omitempty"`
	// Outputs are what was stored.
	Outputs map[string]artifact.Ref `json:"outputs,omitempty"`
	// Read is the number of problems and examples that were read, Kept how many are left, LeftOut how many went for each reason.
	Read    int            `json:"read"`
	Kept    int            `json:"kept"`
	LeftOut map[string]int `json:"left_out,omitempty"`
	// Rules are those of a curation, in order.
	Rules []curation.Passed `json:"rules,omitempty"`
}

// Temperature is the outcome of a search.
type Temperature struct {
	Stage  string `json:"stage"`
	Search string `json:"search,omitempty"`
	// Chosen is the temperature, Entropy what was measured there, in nats.
	Chosen  float64 `json:"chosen"`
	Entropy float64 `json:"entropy"`
	Target  float64 `json:"target"`
	// Table is what was measured, a column to a name, see the manifest.
	Table map[string][]float64 `json:"table,omitempty"`
}

// Decision is what a stage or a person decided.
type Decision struct {
	Stage string   `json:"stage"`
	Step  int      `json:"step"`
	About string   `json:"about"`
	Text  []string `json:"text,omitempty"`
	// Given is who told the run so, where a person did.
	Given *artifact.Given `json:"given,omitempty"`
}

// Change is something that a person did to a run.
type Change struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`
	// Who is Temporal's authenticated identity where there is one; else SaidToBe is what the client called itself.
	Who      string `json:"who,omitempty"`
	SaidToBe string `json:"said_to_be,omitempty"`
	Why      string `json:"why,omitempty"`
	// Order is what was asked for, as it was sent.
	Order string `json:"order,omitempty"`
}

// Redone is what preemptions and losses cost.
type Redone struct {
	// Attempts counts attempts beyond the first of a piece of work, Again what was recorded once more.
	Attempts int `json:"attempts"`
	Again    int `json:"again"`
	// Failures counts attempts by how those before them ended, as far as the history says: Preempted, a heartbeat that
	// was missing. Of several failures of one piece of work it knows the last.
	Failures map[string]int `json:"failures,omitempty"`
	// Seconds of work, and of it those that earlier attempts spared a later one.
	Seconds        float64 `json:"seconds"`
	EarlierSeconds float64 `json:"earlier_seconds"`
}

// Unchecked is something that could not be checked.
type Unchecked struct {
	What string `json:"what"`
	Why  string `json:"why"`
	// Times is how often.
	Times int `json:"times"`
}

// NotChecked notes what could not be checked; the first reason stands for all of its kind.
func (r *Report) NotChecked(what, why string) {
	for i := range r.Unchecked {
		if r.Unchecked[i].What == what {
			r.Unchecked[i].Times++
			return
		}
	}
	r.Unchecked = append(r.Unchecked, Unchecked{what, why, 1})
}

// Recomputed is a piece of work that was done again.
type Recomputed struct {
	Key  string        `json:"key"`
	Kind artifact.Kind `json:"kind"`
	// Same says that outputs and figures are the same; Why says why it could not be done, or what differs.
	Same bool   `json:"same"`
	Done bool   `json:"done"`
	Why  string `json:"why,omitempty"`
}

func (d *Redone) addFailure(kind string, attempts int) {
	if d.Failures == nil {
		d.Failures = map[string]int{}
	}
	d.Failures[cmp.Or(kind, "unknown")] += attempts
}

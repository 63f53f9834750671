// Package report makes one self-contained HTML page of a run from its recipe,
// its manifests and some of the samples they name: nothing is on the page that was not recorded, and every
// number links to the record it came from in the page's appendix.
//
// The page needs no script and no network. A run that is not finished, or has
// recorded nothing yet, has a page too.
package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"temper/model/artifact"
	"temper/model/plan"
	"temper/model/recipe"
)

// Number is a measured value and where it came from.
type Number struct {
	Value float64
	// Source is the id of its record in the appendix; "" means that it was not measured.
	Source string
}

// Known reports whether the number was measured.
func (n Number) Known() bool { return n.Source != "" }

// Point is one value of a curve.
type Point struct {
	// Step is the number of updates done.
	Step int
	Number
}

// Curve is a metric over the updates of a stage, in their order.
type Curve []Point

// Run is what the page shows.
type Run struct {
	Name, ID string
	// Finished says that the last stage is complete and evaluated.
	Finished       bool
	Started, Ended time.Time
	// CodeVersions and Workers are those that the manifests name, sorted.
	CodeVersions, Workers []string
	// Numerics are the versions of the arithmetic that they name, and Allowed is who has let workers of another version than
	// the run's compute, and why.
	Numerics, Allowed []string
	// Devices are what the workers computed on, sorted; Parameters is the number of trained elements of the model.
	Devices    []string
	Parameters Number
	// Orders are what people told the run to do.
	Orders []Ordered
	// Incidents are pieces of work that took several attempts, MoreIncidents how many are not among them.
	Incidents     []Incident
	MoreIncidents int
	Recipe        recipe.Recipe
	// RecipeYAML is the whole recipe, with the source of each number where its text has one; RecipeDigest is the
	// SHA-256 of its compact JSON form.
	RecipeYAML, RecipeDigest string
	RecipeSource             string
	Datasets                 []Dataset
	// Settings are all values by which the run acts, with the defaults of what the recipe leaves out.
	Settings []recipe.Settings
	// Stages are the recipe's stages in order, then any other that the manifests name.
	Stages []Stage
	// Before are the evaluations of what the run began with, by benchmark.
	Before map[string]Evaluation
	// Accuracy has one row per benchmark and in each one cell per stage.
	Accuracy []AccuracyRow
	// NearZero says in plain sentences where the last accuracy cannot be told from zero.
	NearZero []Remark
	// Refused says of records that do not fit why they were refused: what they say is not on
	// the page. Build leaves them empty.
	Refused []string
	// Seal is where the chain of the run's records ends; nil where it is not known. Build leaves it empty.
	Seal *artifact.Seal
	// Samples are some responses of each stage that has any. Build leaves them empty.
	Samples []StageSamples
	// Rest is the cost of work that belongs to no stage, Total that of all.
	Rest, Total Cost
	// Planned is what the recipe asked for, on the machine that did the run.
	Planned *plan.Plan
	// Checkpoint is the last durable one.
	Checkpoint *Checkpoint
	Appendix   []Section
}

// Supervised reports whether any stage has a loss curve of its own.
func (r Run) Supervised() bool {
	return slices.ContainsFunc(r.Stages, func(s Stage) bool { return s.SFT != nil || len(s.Loss) > 0 })
}

// RemarkCount is the number of remarks at the page's head.
func (r Run) RemarkCount() int {
	n := len(r.NearZero)
	for _, d := range r.Datasets {
		n += len(d.Remarks)
	}
	for _, s := range r.Stages {
		n += len(s.Remarks)
	}
	return n
}

// Dataset is one prepared dataset.
type Dataset struct {
	Name    string
	Records Number
	// GoldsAsText is the share of reference answers that are compared as texts only,
	// GoldsFailing the number of those that are not correct against themselves.
	GoldsAsText, GoldsFailing Number
	// LeftOut says how many rows are left out, because no program can be judged by them or the
	// recipe skips bad ones, and why.
	LeftOut string
	Digests []string
	Remarks []Remark
}

// Checkpoint is a durable checkpoint: its digest, and after what it was made.
type Checkpoint struct {
	Digest, Stage string
	Step          Number
}

// Remark is a sentence about one record.
type Remark struct {
	Text, Source string
}

// Build collects what the page shows. The manifests may come in any order and
// may be those of an unfinished run; reports among them are ignored. Manifests
// of two different runs are an error.
func Build(r recipe.Recipe, manifests []artifact.Manifest) (Run, error) {
	all, err := newRecords(r, manifests)
	if err != nil {
		return Run{}, fmt.Errorf("report: %w", err)
	}
	run := Run{Recipe: r, Settings: r.Effective(), Before: map[string]Evaluation{}}
	for _, m := range all.sorted {
		run.Name, run.ID = m.Run.Name, m.Run.ID
		run.CodeVersions = addWord(run.CodeVersions, m.Work.CodeVersion)
		run.Workers = addWord(run.Workers, m.Work.Worker)
		run.Allowed = addWord(run.Allowed, m.Work.Allowed)
		if m.Work.Numerics != 0 {
			run.Numerics = addWord(run.Numerics, strconv.Itoa(m.Work.Numerics))
		}
	}
	if run.RecipeDigest, err = artifact.Digest(r); err != nil {
		return Run{}, fmt.Errorf("report: recipe: %w", err)
	}
	if run.RecipeYAML, err = recipeText(r); err != nil {
		return Run{}, fmt.Errorf("report: recipe: %w", err)
	}
	for _, m := range all.sorted {
		switch m.Kind {
		case artifact.KindRecipe:
			run.RecipeSource = m.id
		case artifact.KindDataset:
			run.Datasets = append(run.Datasets, datasetOf(m))
		case artifact.KindEvaluation:
			if isBase(r, m.Manifest) {
				run.Before[m.Name] = evaluationOf(m)
			}
		}
	}
	run.Started, run.Ended = span(all.sorted)
	run.Rest = costOf(all.of(wholeRun), sectionID(wholeRun))
	run.Total = costOf(all.sorted, appendixID)
	for i, name := range all.stages {
		run.Stages = append(run.Stages, newStage(r, name, i, all.of(i)))
	}
	run.addMachine(all)
	run.addCompute(all)
	run.plan(all)
	run.Accuracy = accuracyRows(r, run.Before, run.Stages)
	run.NearZero = nearZero(run.Accuracy, run.Stages)
	run.Finished = finished(r, run.Stages)
	run.Checkpoint = lastCheckpoint(all, run.Stages)
	run.Orders = ordered(all)
	run.Appendix = appendix(all)
	return run, nil
}

func datasetOf(m record) Dataset {
	d := Dataset{Name: m.Name, Records: m.number(artifact.MetricRecords), GoldsAsText: m.number(artifact.MetricGoldsAsText), GoldsFailing: m.number(artifact.MetricGoldsFailing)}
	if m.Stage != "" {
		d.Name += " of " + m.Stage
	}
	for _, text := range m.Remarks {
		d.Remarks = append(d.Remarks, Remark{"data." + d.Name + ": " + text, m.id})
	}
	var leftOut []string
	for _, prefix := range []string{artifact.MetricUnjudged, artifact.MetricBadRows} {
		for _, metric := range sortedKeys(m.Metrics) {
			if reason, ok := strings.CutPrefix(metric, prefix); ok {
				leftOut = append(leftOut, fmt.Sprintf("%s %.0f", reason, m.Metrics[metric]))
			}
		}
	}
	if n := m.number(artifact.MetricUnselected); n.Known() {
		leftOut = append(leftOut, fmt.Sprintf("not selected by ids and since %.0f", m.Metrics[artifact.MetricUnselected]))
	}
	d.LeftOut = strings.Join(leftOut, ", ")
	for _, name := range sortedKeys(m.Outputs) {
		d.Digests = append(d.Digests, m.Outputs[name].SHA256)
	}
	return d
}

// finished reports whether the recipe's last stage has collected, or has trained, with all its
// policy steps if it is an RL stage that no rule ended, and has an evaluation on every benchmark. (One that was
// skipped has the evaluations alone.)
func finished(r recipe.Recipe, stages []Stage) bool {
	planned := len(r.Stages)
	if planned == 0 {
		return false
	}
	last := stages[planned-1]
	if last.Collect != nil {
		return last.Collected != nil
	}
	if last.Teach != nil {
		return last.Taught != nil && last.Taught.Examples.Known()
	}
	if last.Curate != nil {
		return len(last.Curated) == len(last.Curate.Rules)
	}
	if _, ended := last.Decisions[artifact.AboutStop]; last.RL != nil && len(last.Reward) < last.RL.Steps-last.RL.Done && !ended {
		return false
	}
	for _, b := range r.Evaluation.Figures() {
		if !last.evaluation(b.Name).Avg.Known() {
			return false
		}
	}
	return len(r.Evaluation.Benchmarks) > 0 || len(last.Reward)+len(last.Loss) > 0
}

// lastCheckpoint is that of the latest update in the order of the recipe, or the one that its stage chose to hand on.
func lastCheckpoint(all records, stages []Stage) *Checkpoint {
	var found *Checkpoint
	for i := wholeRun; i < len(all.stages); i++ {
		step, decided := -1, false
		for _, m := range all.of(i) {
			chosen := m.Kind == artifact.KindDecision // what the stage hands on, whatever came after
			if ref, ok := m.Outputs[artifact.OutputCheckpoint]; ok && !m.abandoned && (chosen || !decided && m.Step >= step) {
				step, decided = m.Step, chosen
				found = &Checkpoint{Digest: ref.SHA256, Stage: m.Stage, Step: Number{float64(m.Step), m.id}}
			}
		}
		if i == wholeRun {
			continue
		}
		if d, ok := stages[i].Decisions[artifact.AboutHandOn]; ok {
			found = &Checkpoint{Digest: d.checkpoint.SHA256, Stage: stages[i].Name, Step: Number{float64(d.Step), d.Source}}
		}
	}
	return found
}

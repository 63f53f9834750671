package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"temper/model/artifact"
	"temper/model/recipe"
)

// wholeRun is the stage index of work that belongs to no stage.
const wholeRun = -1

// record is a manifest with its place in the page.
type record struct {
	artifact.Manifest
	stage  int    // index into records.stages, or wholeRun
	id     string // in the appendix
	digest string // SHA-256 of the manifest as stored
	json   string
	// abandoned says that a rollback left it behind.
	abandoned bool
}

// number is one of the record's metrics; unknown if it has none or it is not finite.
func (m record) number(metric string) Number {
	value, ok := m.Metrics[metric]
	if !ok || math.IsNaN(value) || math.IsInf(value, 0) {
		return Number{}
	}
	return Number{value, m.id}
}

// records are a run's manifests in the order of the page.
type records struct {
	stages      []string
	evaluations map[string]int // see evaluationNames
	sorted      []record
}

func newRecords(r recipe.Recipe, manifests []artifact.Manifest) (records, error) {
	all := records{stages: r.StageNames()}
	all.evaluations = evaluationNames(r, all.stages)
	all.addUnplanned(r, manifests)
	seen := map[string]bool{}
	for _, m := range manifests {
		if m.Run != manifests[0].Run {
			return records{}, fmt.Errorf("manifests of two runs: %s (Run ID %s) and %s (Run ID %s)",
				manifests[0].Run.Name, manifests[0].Run.ID, m.Run.Name, m.Run.ID)
		}
		if m.Kind == artifact.KindReport || m.Kind == artifact.KindLedger {
			continue
		}
		data, err := m.Encode()
		if err != nil {
			return records{}, err
		}
		digest := artifact.RefOf(data).SHA256
		if seen[digest] {
			continue
		}
		seen[digest] = true
		all.sorted = append(all.sorted, record{Manifest: m, stage: all.stageOf(m), id: "m-" + digest[:16], digest: digest, json: string(data)})
	}
	slices.SortFunc(all.sorted, compare)
	all.rolledBack()
	return all, nil
}

// stageOf is the index of the stage that the manifest's work belongs to.
func (all records) stageOf(m artifact.Manifest) int {
	name, _, inside := artifact.ParseInside(m.Stage)
	if of, _, found := strings.Cut(m.Stage, "@"); found && !inside { // the responses of an evaluation inside a stage
		name = strings.TrimPrefix(of, "after-")
	}
	if i := slices.Index(all.stages, name); i >= 0 {
		return i
	}
	if i, ok := all.evaluations[m.Stage]; ok {
		return i
	}
	return wholeRun
}

// evaluationNames maps the names under which the rollouts of evaluations are
// recorded ("after-math-short-hard") to the index of the stage before them.
func evaluationNames(r recipe.Recipe, stages []string) map[string]int {
	names := map[string]int{}
	for i, stage := range stages {
		for _, b := range r.Evaluation.Benchmarks {
			names["after-"+stage+"-"+b.Name] = i
		}
	}
	return names
}

// addUnplanned adds stages that have results but are not in the recipe.
func (all *records) addUnplanned(r recipe.Recipe, manifests []artifact.Manifest) {
	var names []string
	for _, m := range manifests {
		switch m.Kind {
		case artifact.KindSFT, artifact.KindUpdate, artifact.KindEvaluation, artifact.KindTemperature:
			if m.Stage != "" && all.stageOf(m) == wholeRun && !isBase(r, m) {
				names = addWord(names, m.Stage)
			}
		}
	}
	all.stages = append(all.stages, names...)
}

// of are the records of one stage.
func (all records) of(stage int) []record {
	var own []record
	for _, m := range all.sorted {
		if m.stage == stage {
			own = append(own, m)
		}
	}
	return own
}

// kindOrder is the order in which a stage makes its records.
var kindOrder = []artifact.Kind{
	artifact.KindRecipe, artifact.KindVocabulary, artifact.KindTeaching, artifact.KindDataset, artifact.KindCurationPart, artifact.KindCuration, artifact.KindMeasurement, artifact.KindTemperature, artifact.KindSFT,
	artifact.KindUpdate, artifact.KindDecision, artifact.KindCheckpoint, artifact.KindEvaluation, artifact.KindRollouts, artifact.KindVerdicts,
}

// compare orders records. Of two for the same work (a run that was reset) the later comes last.
func compare(a, b record) int {
	return cmp.Or(
		cmp.Compare(a.stage, b.stage),
		cmp.Compare(slices.Index(kindOrder, a.Kind), slices.Index(kindOrder, b.Kind)),
		cmp.Compare(a.Stage, b.Stage),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Step, b.Step),
		cmp.Compare(a.Shard, b.Shard),
		a.Work.Ended.Compare(b.Work.Ended),
		cmp.Compare(a.digest, b.digest),
	)
}

// span is the time from the first start to the last end; zero times if there is none.
func span(own []record) (started, ended time.Time) {
	for _, m := range own {
		if s := m.Work.Started; !s.IsZero() && (started.IsZero() || s.Before(started)) {
			started = s
		}
		if m.Work.Ended.After(ended) {
			ended = m.Work.Ended
		}
	}
	return started, ended
}

// addWord inserts a word into a sorted list that has no empty words and no repeats.
func addWord(words []string, word string) []string {
	i, found := slices.BinarySearch(words, word)
	if found || word == "" {
		return words
	}
	return slices.Insert(words, i, word)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

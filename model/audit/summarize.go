package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"temper/model/artifact"
	"temper/model/curation"
)

// note takes from a record what the report says of the run.
func (w *walk) note(m artifact.Manifest) {
	r := &w.report
	if ref, ok := m.Outputs[artifact.OutputCheckpoint]; ok {
		if d, ok := digestOf(ref.SHA256); ok {
			w.refs[d] = ref
		}
	}
	if r.Began.IsZero() || m.Work.Started.Before(r.Began) {
		r.Began = m.Work.Started
	}
	if m.Work.Ended.After(r.Ended) {
		r.Ended = m.Work.Ended
	}
	switch m.Kind {
	case artifact.KindDataset:
		r.Datasets = append(r.Datasets, w.datasetOf(m))
	case artifact.KindTemperature:
		r.Temperatures = append(r.Temperatures, Temperature{
			Stage: m.Stage, Search: m.Name, Chosen: m.Metrics[artifact.MetricTemperature], Entropy: m.Metrics[artifact.MetricEntropy],
			Target: m.Metrics[artifact.MetricTargetEntropy], Table: m.Series,
		})
	case artifact.KindDecision:
		r.Decisions = append(r.Decisions, Decision{m.Stage, m.Step, m.Name, m.Remarks, m.Given})
	case artifact.KindTeaching:
		r.NotChecked("responses of a model that a server holds", "what is recorded is all there is, as in stage "+m.Stage)
	case artifact.KindCuration:
		w.curations = append(w.curations, m)
	}
	if m.Unrepeatable {
		r.NotChecked("verdicts of a reward that is not deterministic", "what is recorded is all there is, as in stage "+m.Stage)
	}
}

// noteFinal remembers the policy that the run's last page is of.
func (w *walk) noteFinal(key string, m artifact.Manifest, input document) {
	if m.Kind != artifact.KindReport || !m.Work.Ended.After(w.final.ended) {
		return
	}
	checkpoint, _ := input.object("final").ref("checkpoint")
	w.final.key, w.final.ended, w.final.checkpoint = key, m.Work.Ended, checkpoint
}

// datasetOf says where a dataset comes from, and what was left out of it.
func (w *walk) datasetOf(m artifact.Manifest) Dataset {
	asked := document(w.recipe.text.object("data")).object(m.Name)
	d := Dataset{Name: m.Name, Source: asked.text("source"), Licence: asked.text("licence"), Outputs: m.Outputs, LeftOut: map[string]int{}}
	switch {
	case asked.text("uri") != "":
		d.Of = asked.text("uri")
	case asked.text("file_of") != "":
		d.Of = "the file of data." + asked.text("file_of")
	case asked.object("synthetic") != nil || asked.object("graph") != nil:
		d.Of = "generated, by the recipe's seed"
	case m.Stage != "":
		d.Of = "stage " + m.Stage
	}
	d.Kept = int(m.Metrics[artifact.MetricRecords])
	d.Read = d.Kept
	for name, value := range m.Metrics {
		reason, found := "", false
		for _, prefix := range []string{artifact.MetricUnjudged, artifact.MetricBadRows, artifact.MetricLeftOut} {
			if rest, ok := strings.CutPrefix(name, prefix); ok {
				reason, found = strings.TrimSpace(prefix)+" "+rest, true
			}
		}
		switch name {
		case artifact.MetricDropped:
			reason, found = "longer than the recipe's limits", true
		case artifact.MetricUnselected:
			reason, found = "not selected by ids and since", true
		case artifact.MetricRepeated, artifact.MetricSurplus, artifact.MetricUnmatched:
			reason, found = name, true
		}
		if found && value > 0 {
			d.LeftOut[reason] = int(value)
			d.Read += int(value)
		}
	}
	return d
}

// summarize fills in what follows from all records.
func (w *walk) summarize() {
	r := &w.report
	r.Recipe, r.RecipeName, r.Seed = w.recipe.ref, w.recipe.whole.Name, w.recipe.whole.Seed
	if numerics := w.recipe.text.object("numerics"); numerics != nil {
		r.Numerics = map[string]any(numerics)
	}
	if p := w.recipe.whole.Parent; p != nil {
		r.Parent = p.Text()
	}
	r.NumericsVersions, r.Allowed = map[int]int{}, map[string]int{}
	r.keys = map[artifact.Kind][]string{}
	r.Records, r.Code, r.Workers, r.Graders = map[artifact.Kind]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for _, rec := range w.records {
		r.Records[rec.kind]++
		r.keys[rec.kind] = append(r.keys[rec.kind], rec.key)
		r.Code[rec.code]++
		r.Workers[rec.worker]++
		r.NumericsVersions[rec.numerics]++
		if rec.allowed != "" {
			r.Allowed[rec.allowed]++
		}
		if rec.grader != "" {
			r.Graders[rec.grader]++
		}
		r.Redone.Attempts += max(0, rec.attempt-1)
		if artifact.Original(rec.key) != rec.key {
			r.Redone.Again++
		}
		r.Redone.Seconds += rec.seconds
		r.Redone.EarlierSeconds += rec.earlierSeconds
	}
	slices.SortFunc(r.Datasets, func(a, b Dataset) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(w.curations, func(a, b artifact.Manifest) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Step, b.Step))
	})
	for _, m := range w.curations {
		w.addRule(m)
	}
}

// addRule adds what a rule of a curation left out to the dataset that it makes.
func (w *walk) addRule(m artifact.Manifest) {
	r := &w.report
	at := slices.IndexFunc(r.Datasets, func(d Dataset) bool { return d.Name == m.Name })
	if at < 0 {
		at = len(r.Datasets)
		r.Datasets = append(r.Datasets, Dataset{Name: m.Name, Of: "stage " + m.Stage, Read: int(m.Metrics[artifact.MetricRowsIn])})
	}
	d := &r.Datasets[at]
	d.Rules = append(d.Rules, curation.FromMetrics(w.ruleName(m), m.Metrics))
	d.Kept, d.Outputs = int(m.Metrics[artifact.MetricRecords]), m.Outputs
}

// ruleName is what the recipe calls a rule of a curation; what leaves a stage's dataset is none of them.
func (w *walk) ruleName(m artifact.Manifest) string {
	for _, stage := range w.recipe.whole.Stages {
		if stage.Name == m.Stage && stage.Curate != nil && m.Step >= 1 && m.Step <= len(stage.Curate.Rules) {
			return stage.Curate.Rules[m.Step-1].Name()
		}
	}
	return fmt.Sprintf("after epoch %d", m.Step)
}

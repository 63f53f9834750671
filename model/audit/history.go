package audit

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"temper/model/artifact"
	"temper/model/evaluation"
)

// History is what Temporal has of a run: the executions of its workflow and of all that it started.
type History interface {
	// Each hands out the executions one at a time. An execution that Temporal no longer has comes with Gone.
	Each(each func(Execution) error) error
}

// Execution is one execution of a workflow.
type Execution struct {
	Workflow, RunID, Type string
	// Root says that it is of the run itself, and not of a part of it.
	Root bool
	// Gone says that Temporal has nothing more of it than its name.
	Gone bool
	// Input is the first argument, Result what it returned, as JSON; Result is nil of one that has returned nothing.
	Input, Result []byte
	// Activities are what it asked for, in order.
	Activities []Activity
	// Changes are what people did to it.
	Changes []Change
}

// Activity is one activity of an execution.
type Activity struct {
	Type string
	// Event is the number of the event that asked for it.
	Event int64
	// Input and Result are JSON; Result is nil of one that did not end, or failed.
	Input, Result []byte
	// Attempt is how many attempts it took, LastFailure the type of the failure before the last.
	Attempt     int
	LastFailure string
	Ended       time.Time
}

// recording are the activities that record what they did, all but those of users.
var recording = map[string]bool{
	"RecordRecipe": true, "InitModel": true, "PrepareData": true, "TrainSFT": true, "GenerateRollouts": true, "ScoreRollouts": true,
	"UpdatePolicy": true, "SaveCheckpoint": true, "RecordTemperature": true, "RecordDecision": true, "SummarizeEvaluation": true,
	"CollectExamples": true, "CurateData": true, "CurateShard": true, "SketchShard": true, "CompareRows": true, "DropSolved": true,
	"TryPrograms": true, "AskTeacher": true, "JudgeTaught": true, "KeepTaught": true, "WriteReport": true, "WriteLedger": true,
	recordVerdicts: true,
}

// recordVerdicts is recorded under the input of the shard that it is of.
const recordVerdicts = "RecordVerdicts"

// histories is what was seen of them.
type histories struct {
	executions, gone, activities int
	// first says that the run's first execution was among them.
	first bool
	asked map[digest]bool
	// lacking are activities whose records were not there when the records were read, by input.
	lacking map[digest]Finding
}

// compareHistory compares the records with what Temporal's history says was asked for and answered.
func (w *walk) compareHistory() error {
	if w.options.History == nil {
		w.report.NotChecked("Temporal's history", "it was not read: who started and changed the run is not known")
		w.checkUnlisted(nil)
		return nil
	}
	h := &histories{asked: map[digest]bool{}, lacking: map[digest]Finding{}}
	err := w.options.History.Each(func(e Execution) error {
		w.progress("executions of the history", h.executions, 0)
		return w.compareExecution(h, e)
	})
	if err != nil {
		return err
	}
	w.report.History = fmt.Sprintf("%d executions, %d activities compared", h.executions, h.activities)
	if err := w.findLacking(h.lacking); err != nil {
		return err
	}
	w.checkUnlisted(h.asked)
	switch {
	case h.executions == 0:
		w.report.NotChecked("Temporal's history", "it has nothing of this run any more: who started and changed it is not known")
		return nil
	case h.gone > 0 || !h.first:
		w.report.NotChecked("a part of Temporal's history", "it has not all executions any more, so that records beyond it cannot be told from added ones")
		return nil
	}
	for _, r := range w.records {
		if !h.asked[r.input] {
			w.find(ByHistory, r.key, "no activity of the run's history asked for this work: the record was added")
		}
	}
	return nil
}

func (w *walk) compareExecution(h *histories, e Execution) error {
	if e.Gone {
		h.gone++
		return nil
	}
	h.executions++
	h.first = h.first || e.Root && e.RunID == w.run.ID
	where := fmt.Sprintf("history of %s, Run ID %s", e.Workflow, e.RunID)
	for _, c := range e.Changes {
		if !e.Root {
			c.What += " (" + e.Workflow + ")"
		}
		w.report.Changes = append(w.report.Changes, c)
	}
	if e.Root {
		w.compareRoot(where, e)
	}
	for _, a := range e.Activities {
		h.activities++
		if a.Attempt > 1 {
			w.report.Redone.addFailure(a.LastFailure, a.Attempt-1)
		}
		if err := w.compareActivity(h, where, a); err != nil {
			return err
		}
	}
	return nil
}

// findLacking looks once more for records that were lacking: a run at work makes them during its audit.
func (w *walk) findLacking(lacking map[digest]Finding) error {
	if len(lacking) == 0 {
		return nil
	}
	keys, err := w.store.List(w.ctx, w.run.Prefix())
	if err != nil {
		return err
	}
	made := map[string]bool{}
	for _, key := range keys {
		if _, read := w.byKey[key]; !read && w.damaged[key] == "" {
			original := artifact.Original(key)
			made[strings.TrimSuffix(original[strings.LastIndex(original, "-")+1:], ".json")] = true
		}
	}
	for input, f := range lacking {
		if made[hex.EncodeToString(input[:])[:12]] {
			w.report.NotChecked("records that were made during the audit", f.Where)
		} else {
			w.find(f.Evidence, f.Where, "%s", f.What)
		}
	}
	return nil
}

// inputOf is the digest of the input document under which an activity records its work.
func inputOf(a Activity) (d digest) {
	data := a.Input
	switch a.Type {
	case "GenerateRollouts": // where else the policy's weights are to be had is not of the work
		data = withoutField(data, publishedWeights)
	case recordVerdicts:
		var in struct {
			Shard json.RawMessage `json:"shard"`
		}
		if json.Unmarshal(data, &in) == nil {
			data = in.Shard
		}
	}
	d, _ = digestOf(artifact.RefOf(data).SHA256)
	return d
}

// publishedWeights is the field of activities' inputs and results that names a copy of a policy's weights for those who sample. A
// worker stores it when others are there, or does not: no record has it.
const publishedWeights = "weights"

// withoutField is a JSON object without one of its own fields, and otherwise the same bytes.
func withoutField(data []byte, name string) []byte {
	in := json.NewDecoder(bytes.NewReader(data))
	if start, err := in.Token(); err != nil || start != json.Delim('{') {
		return data
	}
	for in.More() {
		before := in.InputOffset() // after the brace or the field before
		key, err := in.Token()
		if err != nil {
			return data
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return data
		}
		if key == name {
			rest := data[in.InputOffset():]
			if data[before] != ',' { // it is the first
				rest = bytes.TrimPrefix(rest, []byte(","))
			}
			return slices.Concat(data[:before], rest)
		}
	}
	return data
}

// compareActivity looks for the record of an activity's work, and compares what both say came out.
func (w *walk) compareActivity(h *histories, where string, a Activity) error {
	in := inputOf(a)
	h.asked[in] = true
	if !recording[a.Type] || a.Result == nil || a.Type == recordVerdicts && strings.Contains(string(a.Result), `"again"`) {
		return nil
	}
	where = fmt.Sprintf("%s, event %d", where, a.Event)
	result := refsInJSON(withoutField(a.Result, publishedWeights))
	of := w.inputs[in]
	if len(of) == 0 {
		if len(result) > 0 && w.allMade(result) {
			w.report.NotChecked("inputs of another version", where+": its input has another form than the record's")
			return nil
		}
		h.lacking[in] = Finding{ByHistory, where, a.Type + " has ended with a result, and no record of this work is there"}
		return nil
	}
	r := w.records[of[len(of)-1]]
	w.compareLink(where, a, r)
	for _, ref := range result {
		d, _ := digestOf(ref.SHA256)
		if !r.hasMade(d) && !w.isOf(r, d) {
			w.find(ByHistory, r.key, "%s says that %s made %s, which the record does not say", where, a.Type, ref.Short())
		}
	}
	return w.compareNumbers(where, a, r)
}

// compareLink compares the record's own digest with the one that the activity answered.
func (w *walk) compareLink(where string, a Activity, r record) {
	var answered struct {
		Link artifact.Link `json:"link"`
	}
	if err := json.Unmarshal(a.Result, &answered); err != nil || answered.Link.IsZero() || w.damaged[answered.Link.Key] != "" {
		return
	}
	if d, _ := digestOf(answered.Link.SHA256); answered.Link.Key == r.key && d != r.digest {
		w.find(ByHistory, r.key, "%s says that %s recorded it with digest %.12s, and it is another", where, a.Type, answered.Link.SHA256)
	}
}

// allMade tells whether the run's records made all of refs.
func (w *walk) allMade(refs []artifact.Ref) bool {
	for _, ref := range refs {
		if d, _ := digestOf(ref.SHA256); len(w.made[d]) == 0 {
			return false
		}
	}
	return true
}

// hasMade tells whether a blob is an output of a record.
func (r record) hasMade(d digest) bool {
	for _, made := range r.outputs {
		if made == d {
			return true
		}
	}
	return false
}

// isOf tells whether a record used a blob, as the policy that an update follows.
func (w *walk) isOf(r record, d digest) bool {
	for _, used := range r.uses {
		if used == d {
			return true
		}
	}
	return false
}

func refsInJSON(data []byte) []artifact.Ref {
	if d, err := readDocument(data); err == nil {
		return d.allRefs()
	}
	return nil
}

// compareNumbers compares the figures that an activity answered with those of the record that have the same names.
func (w *walk) compareNumbers(where string, a Activity, r record) error {
	result, err := readDocument(a.Result)
	if err != nil {
		return nil
	}
	data, err := w.store.Read(w.ctx, r.key)
	if err != nil {
		return err
	}
	m, err := artifact.DecodeManifest(data)
	if err != nil {
		return nil // found already
	}
	answered := map[string]float64{}
	for _, of := range []document{result, result.object("signal")} {
		for _, name := range sortedNames(of) {
			if number, ok := of[name].(json.Number); ok {
				answered[name], _ = number.Float64()
			}
		}
	}
	if r.kind == artifact.KindEvaluation {
		var measured evaluation.Result
		if err := result.into(&measured); err == nil {
			answered = measured.Metrics()
		}
	}
	for _, name := range sortedNames(answered) {
		if said, has := m.Metrics[name]; has && !near(answered[name], said) {
			w.find(ByHistory, r.key, "%s says %s = %v, and the record %v", where, name, answered[name], said)
		}
	}
	return nil
}

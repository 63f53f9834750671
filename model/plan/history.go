package plan

import (
	"math"
	"strings"
)

// Histories: what events workflow code leaves, by Temporal's documentation of events. An activity is scheduled, started
// and completed, and what follows is a workflow task, which is three events too. A child is the same, with
// its start noted by another task. A signal to another workflow is initiated and confirmed, and received there.
const (
	activityEvents = 6.0
	childEvents    = 9.0
	sentEvents     = 5.0
	// receivedEvents: the signal, a task, and the search attributes that it changes.
	receivedEvents = 5.0
	// frameEvents: start, end and first task.
	frameEvents = 5.0
	// versionEvents: a marker of what a run's code does, and the attribute that says so.
	versionEvents = 2.0
)

// What workflows do with long histories: package workflows' maxHistoryEvents, stepsPerExecution and handBackAfter.
const (
	longHistory       = 1000.0
	stepsPerExecution = 20.0
	handBackAfter     = 100.0
)

// childHistory is a workflow of a stage.
type childHistory struct {
	Workflow
	// signals is how often it tells the run how it stands.
	signals float64
}

// child adds a workflow of a run by its activities and signals, for a stage of RL its steps and the
// measurements of its search.
func (b *builder) child(id, kind string, activities, signals, steps, search float64) {
	b.stageChild(id, kind, activities, signals, steps, search, 0)
}

// stageChild is child for a stage that evaluates its policy so often: each a child of its own whose scores it sends on.
func (b *builder) stageChild(id, kind string, activities, signals, steps, search, inside float64) {
	w := Workflow{ID: id, Type: kind, Executions: 1}
	signals += inside
	events := frameEvents + activityEvents*activities + sentEvents*signals + childEvents*inside
	w.Events = events
	switch kind {
	case "SFT":
		w.Executions = max(1, math.Ceil(events/longHistory))
		w.Events = min(events, longHistory)
	case "RLStage":
		perStep := over(activityEvents*activities+childEvents*inside+2*sentEvents*inside, steps) + sentEvents + 1 // search attributes
		each := max(1, min(stepsPerExecution, math.Ceil(longHistory/perStep)))
		w.Executions = max(1, math.Ceil(steps/each))
		w.Events = frameEvents + perStep*min(steps, each)
		if search > 0 {
			w.Events += childEvents + 2*sentEvents
		}
	case "Evaluation", "TemperatureSearch":
		w.Events = frameEvents + activityEvents*activities
	}
	w.Events += activityEvents // its ledger
	if kind != "Evaluation" {
		stage, _, _ := strings.Cut(id, "/")
		b.ledgers(stage, w.Executions)
	}
	b.children = append(b.children, childHistory{w, signals})
}

// ledgers plans those of so many executions.
func (b *builder) ledgers(stage string, executions float64) {
	b.act(Activity{Stage: stage, Of: "ledger", Name: "WriteLedger", Count: executions, Bytes: executions * recordBytes})
}

// workflows lists them, the run's own first.
func (b *builder) workflows() {
	run := Workflow{Type: "PostTraining", Executions: 1}
	data := Workflow{ID: "data", Type: "PrepareData", Executions: 1, Events: frameEvents + activityEvents*float64(len(b.recipe.Data)+1)}
	now := frameEvents + versionEvents + 4*activityEvents + childEvents
	most := now
	for i, c := range b.children {
		if strings.Contains(c.ID, "/") { // a child of its stage
			continue
		}
		if c.Type != "Evaluation" && now > longHistory && i > 0 {
			run.Executions, now = run.Executions+1, frameEvents
		}
		if c.Type != "RLStage" && c.Type != "SFT" {
			now += childEvents + receivedEvents*c.signals + 1
			most = max(most, now)
			continue
		}
		// These hand back what is left: a child for every so many signals, and executions that end where the history is long.
		full := childEvents + receivedEvents*handBackAfter + 1
		signals := c.signals
		if per := math.Floor((longHistory-frameEvents)/full) + 1; signals > 2*per*handBackAfter { // many: all but the first and last are alike
			alike := math.Floor(signals/(per*handBackAfter)) - 1
			run.Executions, most = run.Executions+alike, max(most, frameEvents+per*full)
			signals = max(1, signals-alike*per*handBackAfter)
		}
		for ; signals > 0; signals -= handBackAfter {
			if now > longHistory {
				run.Executions, now = run.Executions+1, frameEvents
			}
			now += childEvents + receivedEvents*min(signals, handBackAfter) + 1
			most = max(most, now)
			if signals > 4*longHistory { // a number so large that a hundred is nothing to it
				break
			}
		}
	}
	run.Events = most + 2*activityEvents
	b.ledgers("", run.Executions+data.Executions)
	b.plan.Workflows = []Workflow{run, data}
	for _, c := range b.children {
		b.plan.Workflows = append(b.plan.Workflows, c.Workflow)
	}
}

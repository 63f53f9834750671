package workflows

import (
	"encoding/json"
	"testing"

	"temper/activities/learnertest"
	"temper/model/recipe"
)

// mostPayload bounds every input, result, signal and state: Temporal warns at 256 KiB and refuses 2 MiB.
const mostPayload = 64 << 10

// idleRun runs, execution by execution, a recipe whose activities do nothing on datasets of so many rows, and checks the size of all that travels.
func idleRun(t *testing.T, r recipe.Recipe, rows int) *place {
	t.Helper()
	idle := &learnertest.Idle{Rows: map[string]int{}}
	for name := range r.Data {
		idle.Rows[name] = rows
	}
	for _, b := range r.Evaluation.Benchmarks {
		idle.Rows[b.Data] = 500
	}
	input, err := recipe.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	var state *State
	for executions := 1; executions < 100; executions++ {
		p := newPlace(t, nil)
		p.env.RegisterActivity(idle)
		p.env.SetCurrentHistoryLength(maxHistoryEvents + 1)
		result, err := p.runJSON(input, state)
		p.progress()
		t.Logf("%d payloads, the largest of %d bytes", p.payloads.number, p.payloads.largest)
		if p.payloads.largest > mostPayload {
			t.Errorf("a payload has %d bytes: %.600s", p.payloads.largest, p.payloads.what)
		}
		if err == nil && result.State == StateCompleted {
			return p
		}
		var raw json.RawMessage
		state = nil
		if !decodeInput(t, err, &raw, &state) {
			t.Fatalf("it ends %s: %v", result.State, err)
		}
	}
	t.Fatal("it does not end")
	return nil
}

// TestPaperPayloads: the paper's recipe on millions of rows, whole but for most of its steps.
func TestPaperPayloads(t *testing.T) {
	r, err := recipe.Named("acereason-1.1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Stages {
		if s := r.Stages[i].RL; s != nil {
			s.Steps, s.EvaluateEvery, s.Stop = 24, 4, recipe.Stop{}
		}
	}
	for name, d := range r.Data {
		d.URI = "/" + name
		r.Data[name] = d
	}
	idleRun(t, r, 2_200_000)
}
